//! Making, reading, amending and listing what the registry keeps, the same way for every kind.
//! A kind says what is its own: who may write it, how it is kept, and what a change of it touches.

use std::collections::{BTreeSet, HashSet};

use concord_domain::{
    document::{self, Document, Engagement, Form, Key, Writer},
    evaluate::Focus,
    fault::Fault,
    id::{EngagementId, Kind},
    window::Day,
};
use concord_store::{Tx, entries};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    asking::{self, Asked},
    audit::Whose,
    auth::{Person, sha256},
    coherence::{self, Changed, Settled},
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    flags::{self, RestrictedLine, ShownFlag},
    once::once,
    retractions,
};

pub(crate) use engagement::consent;
pub(crate) use engagement::{facts_of, turn_between};
pub use known::Nothing;
pub use reading::read_body;
use reading::{read_amended, read_new};

pub use crate::once::Sent;

mod agreements;
pub mod commitments;
mod engagement;
mod known;
pub mod parts;
pub mod preview;
mod reading;
mod reference;
pub mod renewal;
mod risks;
mod strategies;

/// A kind of thing that the registry keeps.
pub trait Resource: Document + Clone + PartialEq {
    /// Which kind.
    const KIND: Kind;

    /// Its id.
    fn id(&self) -> Uuid;

    /// Its key.
    fn key(&self) -> &Key;

    /// Those of these ids that the caller may read.
    ///
    /// # Errors
    /// The store's own.
    fn load(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<Vec<Self>>;

    /// Those that the caller may read and that come after a position.
    ///
    /// # Errors
    /// The store's own.
    fn page(tx: &mut Tx, access: &Access, after: Option<&str>, limit: i64) -> Result<Vec<Self>>;

    /// Where it stands in the list.
    fn position(&self) -> String {
        self.key().as_str().to_owned()
    }

    /// Refuses who may not read this kind.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    fn require_read(access: &Access) -> Result<()>;

    /// Refuses who may not make it or change it.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    fn require_write(&self, tx: &mut Tx, access: &Access) -> Result<()>;

    /// What it is when nothing more is said: members whose value the registry decides.
    ///
    /// # Errors
    /// The store's own.
    fn completed(self, _tx: &mut Tx, _access: &Access) -> Result<Self> {
        Ok(self)
    }

    /// What is wrong with it where it would stand now.
    ///
    /// # Errors
    /// The store's own.
    fn faults(&self, _tx: &mut Tx, _access: &Access, _before: Option<&Self>) -> Result<Vec<Fault>> {
        Ok(Vec::new())
    }

    /// With its history brought up to what it is now; `before` is what it was.
    #[must_use]
    fn remembering(self, _before: Option<&Self>, _today: Day) -> Self {
        self
    }

    /// As somebody says today that it stands so.
    #[must_use]
    fn renewed(self, _today: Day) -> Self {
        self
    }

    /// Writes it, and notes what that touches.
    ///
    /// # Errors
    /// The store's own.
    fn save(
        &self,
        tx: &mut Tx,
        access: &Access,
        before: Option<&Self>,
        touched: &mut Touched,
    ) -> Result<()>;

    /// The engagements that it refers to, which the caller may not know.
    fn refers_to(&self) -> Vec<EngagementId> {
        Vec::new()
    }

    /// Whose it is.
    fn whose(&self) -> Whose {
        Whose::Nobody
    }

    /// The asks and demands that stand in it already, by key.
    fn parts(&self) -> Vec<(Kind, String, Uuid)> {
        Vec::new()
    }

    /// The members that other calls change, and which.
    const CHANGED_ELSEWHERE: &'static [(&'static [&'static str], &'static str)] = &[];

    /// Of those the ones that differ from before and that no bundle may change either.
    fn changed_elsewhere(&self, _before: &Self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// What a change touches.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Which flags are to be found anew.
    pub focus: Focus,
    /// Which subjects changed in what rules read.
    pub changed: Changed,
    /// Which entries may meet another than before.
    pub asked: Vec<Asked>,
}

/// A thing as the caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its id.
    pub id: Uuid,
    /// Its members.
    pub body: Value,
}

impl Shown {
    /// The tag of what this caller is shown.
    #[must_use]
    pub fn etag(&self) -> String {
        etag(&self.body)
    }
}

/// The tag of an answer, made from its bytes.
#[must_use]
pub fn etag(body: &Value) -> String {
    format!("\"{}\"", &sha256(body.to_string().as_bytes())[..32])
}

/// Makes a thing.
///
/// # Errors
/// All that is wrong with it, at once.
pub fn create<T: Resource>(
    app: &App,
    person: Person,
    operation: &str,
    sent: Sent<'_>,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let made = once(app, tx, access, (T::NAME, sent), |tx| {
            let document = read_new::<T>(app, tx, access, sent.body)?;
            document.require_write(tx, access)?;
            Ok(put(app, tx, access, None, document)?.0.id())
        })?;
        show::<T>(tx, access, made)
    })
}

/// An engagement that was logged, the flags of it that the caller may read, and the lines about
/// what may not be shown.
pub type Logged = (Shown, Vec<ShownFlag>, Vec<RestrictedLine>);

/// Logs an engagement. The flags are those that were found when it was written; who may read them
/// is decided when they are answered.
///
/// # Errors
/// All that is wrong with it, at once.
pub fn log(app: &App, person: Person, operation: &str, sent: Sent<'_>) -> Result<Logged> {
    let (shown, access, settled) = access::write(app, person, operation, |tx, access| {
        let mut settled = None;
        let made = once(app, tx, access, (Engagement::NAME, sent), |tx| {
            let document = read_new::<Engagement>(app, tx, access, sent.body)?;
            document.require_write(tx, access)?;
            let (made, found) = put(app, tx, access, None, document)?;
            // They are shown when this is confirmed, and no more than is recorded with it.
            access.deeds.meets(coherence::entries_of_all(&found));
            settled = Some(found);
            Ok(made.id())
        })?;
        Ok((show::<Engagement>(tx, access, made)?, access.clone(), settled))
    })?;
    let (flags, restricted) = match settled {
        Some(settled) => app.store.read(|tx| {
            let id = EngagementId(shown.id);
            flags::of_found(tx, &access, &[id], settled)
        }),
        None => flags::of_engagement(app, person, operation, shown.id),
    }?;
    Ok((shown, flags, restricted))
}

/// Brings a thing to the values that are given.
///
/// # Errors
/// [`Error::NotFound`] first, then [`Error::Forbidden`], then [`Error::Stale`], then all that is
/// wrong with the values.
pub fn amend<T: Resource>(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Shown> {
    access::write(app, person, operation, |tx, access| {
        let before = load_one::<T>(tx, access, id)?;
        before.require_write(tx, access)?;
        expect(&shown(tx, access, &before)?, if_match)?;
        let after = read_amended(app, tx, access, &before, body)?;
        put(app, tx, access, Some(&before), after)?;
        show::<T>(tx, access, id)
    })
}

/// Refuses what is not based on the present state.
///
/// # Errors
/// [`Error::PreconditionRequired`] and [`Error::Stale`].
pub fn expect(present: &Shown, if_match: Option<&str>) -> Result<()> {
    let given = if_match.ok_or(Error::PreconditionRequired)?;
    let tag = present.etag();
    let same = given.split(',').map(str::trim).any(|each| each == "*" || each == tag);
    if same { Ok(()) } else { Err(Error::Stale) }
}

/// Writes a thing that was read, and settles the flags that it touches.
fn put<T: Resource>(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    before: Option<&T>,
    after: T,
) -> Result<(T, Settled)> {
    let mut touched = Touched::default();
    let is_changed = before.is_none_or(|before| !is_same(before, &after));
    let after = if is_changed { after.renewed(access.operation.evaluated_on) } else { after };
    let after = write_one(tx, access, before, after, &mut touched)?;
    let about = (T::KIND == Kind::Engagement).then(|| after.id());
    let settled = asking::settle(app, tx, access, (touched, about))?;
    Ok((after, settled))
}

/// Writes a thing that was read, unless nothing of it changes.
///
/// # Errors
/// What is wrong with it where it would stand.
pub fn write_one<T: Resource>(
    tx: &mut Tx,
    access: &Access,
    before: Option<&T>,
    after: T,
    touched: &mut Touched,
) -> Result<T> {
    let after = after.completed(tx, access)?;
    if before.is_some_and(|before| is_same(before, &after)) {
        return Ok(after);
    }
    let after = after.remembering(before, access.operation.evaluated_on);
    let faults = after.faults(tx, access, before)?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    // It may have come to be somebody else's.
    if !access.scope.is_server {
        after.require_write(tx, access)?;
    }
    after.save(tx, access, before, touched)?;
    access.deeds.wrote(&after);
    Ok(after)
}

/// Whether nothing of a thing changes. Rules hold two spellings of a term to be equal; who wrote
/// one does not.
#[must_use]
pub fn is_same<T: Resource>(before: &T, after: &T) -> bool {
    document::store(before) == document::store(after)
}

/// A thing by its id.
///
/// # Errors
/// [`Error::NotFound`], whether it is hidden or missing.
pub fn get<T: Resource>(app: &App, person: Person, operation: &str, id: Uuid) -> Result<Shown> {
    access::read(app, person, operation, |tx, access| {
        T::require_read(access)?;
        show::<T>(tx, access, id)
    })
}

/// A page of what the caller may read.
///
/// # Errors
/// When the cursor or the limit is wrong.
pub fn list<T: Resource>(
    app: &App,
    person: Person,
    operation: &str,
    page: &Page,
) -> Result<Items<Shown>> {
    access::read(app, person, operation, |tx, access| {
        T::require_read(access)?;
        let list = format!("{} {}", access.id(), T::NAME);
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let position = page.position(app, &of)?;
        let documents = T::page(tx, access, position.as_deref(), limit + 1)?;
        let Items { items, next } = cursor::page(app, &of, documents, limit, T::position);
        let items = all_shown(tx, access, &items)?;
        Ok(Items { items, next })
    })
}

/// The document by its id.
///
/// # Errors
/// [`Error::NotFound`], whether it is hidden or missing; [`Error::Retracted`] if it was and the
/// caller could read it.
pub fn load_one<T: Resource>(tx: &mut Tx, access: &Access, id: Uuid) -> Result<T> {
    if let Some(found) = T::load(tx, access, &[id])?.pop() {
        return Ok(found);
    }
    match T::KIND {
        Kind::Engagement | Kind::Commitment => Err(retractions::missing(tx, access, id)?),
        _ => Err(Error::NotFound),
    }
}

fn show<T: Resource>(tx: &mut Tx, access: &Access, id: Uuid) -> Result<Shown> {
    let document = load_one::<T>(tx, access, id)?;
    shown(tx, access, &document)
}

/// A document as the caller sees it: what it refers to and the caller may not know is left out.
///
/// # Errors
/// The store's own.
pub fn shown<T: Resource>(tx: &mut Tx, access: &Access, document: &T) -> Result<Shown> {
    let shown = all_shown(tx, access, std::slice::from_ref(document))?.pop();
    shown.ok_or(Error::NotFound)
}

/// Documents as the caller sees them.
///
/// # Errors
/// The store's own.
pub fn all_shown<T: Resource>(tx: &mut Tx, access: &Access, documents: &[T]) -> Result<Vec<Shown>> {
    let referred: BTreeSet<Uuid> =
        documents.iter().flat_map(T::refers_to).map(Uuid::from).collect();
    let referred: Vec<Uuid> = referred.into_iter().collect();
    let readable = entries::readable(tx, access.id(), &access.scope, &referred)?;
    access.deeds.shows(documents);
    access.deeds.names_entries(readable.iter().copied());
    let show = |document: &T| Shown { id: document.id(), body: view(document, &readable) };
    Ok(documents.iter().map(show).collect())
}

fn view<T: Resource>(document: &T, readable: &HashSet<Uuid>) -> Value {
    let name = |kind: Kind, id: Uuid| {
        (kind != Kind::Engagement || readable.contains(&id)).then(|| id.to_string())
    };
    document.write(&Writer::new(&name, Form::View))
}
