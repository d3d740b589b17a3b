//! Lock-down: sessions end, keys are dropped from memory, and nothing is answered until whoever runs
//! the server lifts it. Two people call for it, or whoever runs the server does.
//!
//! That it stands is kept in the database. Each process looks there twice a second and remembers it
//! with its keys, which is what requests ask; who signs in or is signed in asks the database itself.

use chrono::{NaiveDateTime, TimeDelta};
use concord_domain::vocabulary::Role;
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    lock_down,
};

use crate::{
    App, audit,
    auth::{self, Person},
    error::{Error, Result},
};

/// For how long a call waits for another person's, in minutes.
pub const CALL_MINUTES: i64 = 10;
/// How many different people lock an installation down.
pub const CALLERS_NEEDED: usize = 2;
/// How often each process looks whether it is locked down, in milliseconds.
pub const LOOK_EVERY_MS: u64 = 500;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// Another person has to call until then, in UTC.
    Waits(NaiveDateTime),
    /// The installation is locked down.
    LockedDown,
}

/// Calls for a lock-down, which stands once another person has called as well.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators and the desk, and for tools.
pub fn call(app: &App, person: Person) -> Result<Called> {
    let now = app.now();
    let called = audit::write_own(app, person, |tx, deeds| {
        let account = auth::in_session(app, tx, person)?.0.account;
        deeds.by(account.id);
        require_caller(tx, &account)?;
        lock_down::keep_call(tx, account.id, now)?;
        let since = now - TimeDelta::minutes(CALL_MINUTES);
        if lock_down::callers(tx, since)?.len() < CALLERS_NEEDED {
            return Ok(Called::Waits(now + TimeDelta::minutes(CALL_MINUTES)));
        }
        lock_down::begin(tx, now)?;
        Ok(Called::LockedDown)
    })?;
    if called == Called::LockedDown {
        app.store.keys().lock();
    }
    Ok(called)
}

/// Takes back what somebody called for.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators and the desk, and for tools.
pub fn withdraw(app: &App, person: Person) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let account = auth::in_session(app, tx, person)?.0.account;
        deeds.by(account.id);
        require_caller(tx, &account)?;
        Ok(lock_down::withdraw_call(tx, account.id)?)
    })
}

fn require_caller(tx: &mut Tx, account: &Account) -> Result<()> {
    if account.is_administrator {
        return Ok(());
    }
    for operation in accounts::operations_of(tx, account.id)? {
        let memberships = accounts::memberships(tx, operation, account.id)?;
        if memberships.iter().any(|each| matches!(each.role, Role::Desk | Role::Administrator)) {
            return Ok(());
        }
    }
    Err(Error::Forbidden("administrators and the desk call for a lock-down"))
}

/// Locks the installation down, as whoever runs the server.
///
/// # Errors
/// The store's own; no key is held any more in any case.
pub fn begin(app: &App) -> Result<()> {
    app.store.keys().lock();
    let now = app.now();
    audit::write(app, Area::Installation, |tx, _| Ok(lock_down::begin(tx, now)?))
}

/// Lifts a lock-down, as whoever runs the server. Answers whether there was one.
///
/// # Errors
/// The store's own.
pub fn lift(app: &App) -> Result<bool> {
    audit::write(app, Area::Installation, |tx, _| {
        let stood = lock_down::since(tx)?.is_some();
        lock_down::lift(tx)?;
        Ok(stood)
    })
}

/// Since when the installation is locked down, in UTC; none if it is not.
///
/// # Errors
/// The store's own.
pub fn since(app: &App) -> Result<Option<NaiveDateTime>> {
    app.store.read(|tx| Ok::<_, Error>(lock_down::since(tx)?))
}

/// Looks whether the installation is locked down, and drops the keys or lets them be held again.
/// What stands beside the server can wish for it.
///
/// # Errors
/// The store's own; then the keys stay as they are, but for what was wished for.
pub fn look(app: &App, wish: Wish) -> Result<()> {
    let keys = app.store.keys();
    let times_locked = keys.times_locked();
    let stands = since(app);
    match (wish, stands) {
        (Wish::LockDown, Ok(Some(_))) => keys.lock_once(),
        (Wish::LockDown, _) => begin(app)?,
        (Wish::Nothing, Ok(Some(_))) => keys.lock_once(),
        (Wish::Nothing, Ok(None)) => keys.open(times_locked),
        (Wish::Nothing, Err(error)) => return Err(error),
    }
    Ok(())
}

/// What somebody wishes for who can put a file beside the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// That the installation be locked down.
    LockDown,
    /// Nothing.
    Nothing,
}

/// Refuses what is asked while the installation is locked down.
///
/// # Errors
/// [`Error::LockedDown`].
pub fn require_none(tx: &mut Tx) -> Result<()> {
    match lock_down::since(tx)? {
        Some(_) => Err(Error::LockedDown),
        None => Ok(()),
    }
}
