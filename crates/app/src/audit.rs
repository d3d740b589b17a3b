//! The audit log: who did what, who was shown whose entries, and who was refused.
//!
//! Whatever is written is written through [`write()`], which adds the record in the same
//! transaction; whatever is read in an operation is read through [`read`](crate::access::read),
//! which adds one if others' entries were shown. So there is nothing to remember, and what cannot
//! be recorded fails.
//!
//! A deed has a record for each organisation whose entries it concerns, so that each can be shown
//! its own, whole and with a proof, and learns nothing of the others. A record holds ids, codes
//! and salted hashes; its own random id keeps it from being guessed from its hash.

use std::rc::Rc;

use aws_lc_rs::digest;
use concord_store::{
    Area, Tx,
    audit::{self as kept, Hash, Record},
    operations,
};
use uuid::Uuid;

use crate::{
    App, access,
    auth::{self, Person},
    error::{Error, Result},
};

pub mod checkpoint;
mod deeds;
pub mod export;
pub mod met;
pub mod part;
mod records;
pub mod sequence;
pub mod tree;
pub mod verify;

pub use deeds::{Deed, Deeds, Whose};
pub(crate) use records::records;

/// The log of what belongs to no operation.
pub const INSTALLATION: Uuid = Uuid::nil();

/// What is being done: what was asked for, and about which thing, as far as the address says.
#[derive(Clone, Copy, Debug)]
pub struct Doing {
    /// The id of the operation in the OpenAPI document, or one of [`OWN_ACTIONS`].
    pub action: &'static str,
    /// The id in the address, whether or not there is such a thing.
    pub about: Option<Uuid>,
}

impl Doing {
    /// What the command line or the server itself does.
    #[must_use]
    pub const fn own(action: &'static str) -> Self {
        Self { action, about: None }
    }
}

/// What is done without a request: by the command line, and by the server itself.
pub const OWN_ACTIONS: [&str; 19] = [
    "command_import",
    "command_export",
    "command_user_add",
    "command_user_grant",
    "command_user_reset_password",
    "command_user_disable",
    "command_user_enable",
    "command_user_remove_second_factor",
    "command_audit_export",
    "command_audit_checkpoint",
    "command_doctor",
    "command_keys",
    "command_lock_down",
    "command_migrate",
    "serve",
    "demo",
    DAYS_PASSED,
    RETENTION,
    EMAILS,
];
/// That the server brought an operation up to a day.
pub const DAYS_PASSED: &str = "days_passed";
/// That the server retracted entries that are past what they are kept for.
pub const RETENTION: &str = "retention";

/// That the server told people by e-mail that something waits.
pub const EMAILS: &str = "emails";

/// The SHA-256 of some bytes that follow each other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = Hash::default();
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Writes, as if nobody else were writing in the area, and records it: the only way to write.
///
/// # Errors
/// Those of the work, and the store's own; also if it cannot be recorded.
#[expect(clippy::disallowed_methods, reason = "this is what adds the record to what is written")]
pub fn write<T>(
    app: &App,
    area: Area,
    work: impl Fn(&mut Tx, &Rc<Deeds>) -> Result<T>,
) -> Result<T> {
    let log = match area {
        Area::Operation(id) => id,
        Area::Installation | Area::Log | Area::Sequence => INSTALLATION,
    };
    app.store.write(area, |tx| {
        let deeds = Deeds::of(log, None, Vec::new());
        let done = work(tx, &deeds)?;
        record(app, tx, &deeds)?;
        Ok(done)
    })
}

/// Records what was done.
///
/// # Errors
/// The store's own.
pub fn record(app: &App, tx: &mut Tx, deeds: &Deeds) -> Result<()> {
    deeds.tell();
    let records = records(app, tx, deeds)?;
    Ok(kept::insert(tx, &records.unwrap_or_default())?)
}

/// Adds to the log, and changes nothing else.
pub(crate) fn add(tx: &mut Tx, records: &[Record]) -> Result<()> {
    Ok(kept::insert(tx, records)?)
}

/// Records that the server itself brought an operation up to a day.
///
/// # Errors
/// The store's own.
pub(crate) fn days_passed(app: &App, tx: &mut Tx, deeds: &Deeds) -> Result<()> {
    record(&App { doing: Doing::own(DAYS_PASSED), ..app.clone() }, tx, deeds)
}

/// Records that somebody was refused, if so; what was only tried is recorded as done, since it
/// was answered. If that cannot be recorded, the answer is that instead.
///
/// # Errors
/// Those that there were, and the store's own.
pub(crate) fn or_refused<T>(
    app: &App,
    (person, operation): (Person, &str),
    done: Result<T>,
) -> Result<T> {
    let deed = match &done {
        Err(
            Error::Forbidden(_) | Error::NotFound | Error::StepUpRequired | Error::BudgetSpent(..),
        ) => Deed::Refused,
        Err(Error::DryRun(_)) => Deed::Did,
        _ => return done,
    };
    let who = app.store.read(|tx| match access::entered(app, tx, person, operation) {
        Ok(access) => Ok(Some(access.deeds)),
        Err(Error::NotFound) => {
            let account = auth::known(app, tx, person)?.account;
            Ok(Some(Deeds::of(INSTALLATION, Some(account.id), Vec::new())))
        }
        Err(error) => Err(error),
    })?;
    if let Some(who) = who {
        only(app, &who, deed)?;
    }
    done
}

/// Reads what is the caller's own, or the installation's, and records a refusal.
///
/// # Errors
/// Those of the work, and the store's own.
pub(crate) fn read_own<T>(
    app: &App,
    person: Person,
    work: impl Fn(&mut Tx) -> Result<T>,
) -> Result<T> {
    or_refused(app, (person, ""), app.store.read(work))
}

/// Writes what is the caller's own, or the installation's, and records it or a refusal.
///
/// # Errors
/// Those of the work, and the store's own.
pub(crate) fn write_own<T>(
    app: &App,
    person: Person,
    work: impl Fn(&mut Tx, &Rc<Deeds>) -> Result<T>,
) -> Result<T> {
    or_refused(app, (person, ""), write(app, Area::Installation, work))
}

/// Records a deed that changed nothing.
pub(crate) fn only(app: &App, who: &Deeds, deed: Deed) -> Result<()> {
    let about = app.doing.about.unwrap_or(who.0.borrow().log);
    alone(app, who, (deed == Deed::Refused).then_some(("asked_for", about)))
}

/// Records that something was refused, of this kind and id.
pub(crate) fn refused(app: &App, who: &Deeds, about: (&'static str, Uuid)) -> Result<()> {
    alone(app, who, Some(about))
}

#[expect(clippy::disallowed_methods, reason = "nothing but the record is written")]
fn alone(app: &App, who: &Deeds, refused: Option<(&'static str, Uuid)>) -> Result<()> {
    let (log, account, organizations) = {
        let noted = who.0.borrow();
        (noted.log, noted.account, noted.organizations.clone())
    };
    app.store.write(Area::Log, |tx| {
        let deeds = Deeds::of(log, account, organizations.clone());
        if let Some(refused) = refused {
            deeds.note(Deed::Refused, refused, Whose::Nobody, None);
        }
        record(app, tx, &deeds)
    })
}

/// The log of an operation, by its key or id; without one that of the installation.
///
/// # Errors
/// [`Error::NotFound`].
pub fn log_of(app: &App, operation: Option<&str>) -> Result<Uuid> {
    let Some(written) = operation else { return Ok(INSTALLATION) };
    let found = app.store.read(|tx| Ok::<_, Error>(operations::find(tx, written)?))?;
    found.map(|kept| kept.id).ok_or(Error::NotFound)
}

/// Records that a log itself was taken out or signed, on the command line.
///
/// # Errors
/// The store's own.
pub fn tell(app: &App, log: Uuid) -> Result<()> {
    only(app, &Deeds::of(log, None, Vec::new()), Deed::Did)
}
