//! Retracting an entry: what it held is erased, everywhere and for good. Those who could read it
//! read that it was retracted, and on which day; to everybody else it is as if it had never been.
//!
//! What came of it goes with it: its asks and demands, the commitments that came from it, its flags
//! with their notes. The other sides of those flags see them no more, and are told nothing. Its keys
//! are free again: whoever sends the entry anew makes another one. Why it was retracted is a code in
//! the audit log, since a sentence could say what was to be erased.

use concord_domain::{
    document::{Commitment, Engagement, Reader},
    fault::{FaultCode, Pointer},
    policy::Action,
    retention::RetractionReason,
    vocabulary::Closed,
};
use concord_store::{Tx, retractions};
use serde_json::{Value, json};
use uuid::Uuid;

pub use concord_store::retractions::Tombstone;

use crate::{
    App,
    access::{self, Access},
    asking::Erasing,
    auth::Person,
    coherence,
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
    resources::{self, Nothing, Resource, Touched},
};

/// Retracts an engagement.
///
/// # Errors
/// As amending it; [`Error::StepUpRequired`].
pub fn retract_engagement(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Tombstone> {
    let done = access::write(app, person, operation, |tx, access| {
        let before: Engagement = resources::load_one(tx, access, id)?;
        access.require(Action::RetractEntry, Some(before.organization.0))?;
        resources::expect(&resources::shown(tx, access, &before)?, if_match)?;
        erase_engagement(app, tx, access, (&before, read_reason(app, body)?))
    })?;
    let_go_of_erased(app);
    Ok(done)
}

/// Retracts a commitment that is an entry of its own.
///
/// # Errors
/// As amending it; [`Error::StepUpRequired`]; [`Error::Conflict`] if it came from an engagement.
pub fn retract_commitment(
    app: &App,
    person: Person,
    operation: &str,
    (id, if_match): (Uuid, Option<&str>),
    body: &Value,
) -> Result<Tombstone> {
    let done = access::write(app, person, operation, |tx, access| {
        let before: Commitment = resources::load_one(tx, access, id)?;
        before.require_write(tx, access)?;
        access.assure(Action::RetractEntry)?;
        resources::expect(&resources::shown(tx, access, &before)?, if_match)?;
        let reason = read_reason(app, body)?;
        if before.engagement.is_some() {
            let detail = "it came from an engagement and is retracted with it";
            return Err(Error::Conflict(detail.to_owned()));
        }
        erase_commitment(app, tx, access, (&before, reason))
    })?;
    let_go_of_erased(app);
    Ok(done)
}

/// Makes what was erased unreadable in the files of the database, as far as that can be done now.
/// It is erased in any case.
pub(crate) fn let_go_of_erased(app: &App) {
    if let Err(error) = app.store.let_go_of_erased() {
        tracing::warn!(%error, "the room of what was erased is still to be used again");
    }
}

fn read_reason(app: &App, body: &Value) -> Result<RetractionReason> {
    let at = Pointer::ROOT;
    let mut nothing = Nothing;
    let mut reader = Reader::of_request(&mut nothing, app.today());
    let found = reader.object(body, &at, &["reason"]).and_then(|object| {
        let written = object.get("reason").filter(|reason| !reason.is_null());
        let at = at.member("reason");
        let Some(written) = written else {
            reader.fault(&at, FaultCode::Missing, "say why it is retracted");
            return None;
        };
        let reason = written.as_str().and_then(RetractionReason::from_code);
        let reason = reason.filter(|reason| *reason != RetractionReason::PastRetention);
        if reason.is_none() {
            let code =
                if written.is_string() { FaultCode::UnknownCode } else { FaultCode::WrongType };
            let codes: Vec<&str> = given().map(Closed::code).collect();
            reader.fault(&at, code, format!("one of {}", codes.join(", ")));
        }
        reason
    });
    match found {
        Some(reason) if reader.faults.is_empty() => Ok(reason),
        _ => Err(Error::Invalid(reader.faults)),
    }
}

/// The reasons that somebody gives; the other one is the registry's own.
fn given() -> impl Iterator<Item = RetractionReason> {
    let is_given = |reason: &RetractionReason| *reason != RetractionReason::PastRetention;
    RetractionReason::ALL.iter().copied().filter(is_given)
}

/// Erases an engagement, and finds anew what that touches.
pub(crate) fn erase_engagement(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (before, reason): (&Engagement, RetractionReason),
) -> Result<Tombstone> {
    let day = access.operation.evaluated_on;
    let mut touched = Touched::default();
    touched.focus.add_engagement(&resources::facts_of(tx, access.id(), before)?);
    let commitments = retractions::commitments_from(tx, access.id(), before.id())?;
    touched.focus.commitments.extend(commitments);
    let erasing = Erasing::begin(tx, access, (before.id(), &touched.focus.visits))?;
    retractions::erase_engagement(tx, access.id(), before, day)?;
    access.deeds.retracted(reason.object(), before.id(), before.whose());
    coherence::settle(app, tx, access.id(), touched.focus, &touched.changed)?;
    for each in erasing {
        each.end(app, tx, access)?;
    }
    Ok(Tombstone { id: before.id(), retracted_on: day })
}

/// Erases a commitment that is an entry of its own, and finds anew what that touches.
pub(crate) fn erase_commitment(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    (before, reason): (&Commitment, RetractionReason),
) -> Result<Tombstone> {
    let day = access.operation.evaluated_on;
    let mut touched = Touched::default();
    touched.focus.commitments.insert(before.identity.id);
    retractions::erase_commitment(tx, access.id(), before, day)?;
    access.deeds.retracted(reason.object(), before.id(), before.whose());
    coherence::settle(app, tx, access.id(), touched.focus, &touched.changed)?;
    Ok(Tombstone { id: before.id(), retracted_on: day })
}

/// Why an entry is not there: it was retracted, or the caller may know of none.
pub(crate) fn missing(tx: &mut Tx, access: &Access, id: Uuid) -> Result<Error> {
    let found = retractions::find(tx, access.id(), &access.scope, id)?;
    Ok(found.map_or(Error::NotFound, |tombstone| Error::Retracted(tombstone.retracted_on)))
}

/// The entries that were retracted and that the caller could read, by id.
///
/// # Errors
/// When the cursor or the limit is wrong; [`Error::Forbidden`] for whom who reads no entries.
pub fn list(app: &App, person: Person, operation: &str, page: &Page) -> Result<Items<Tombstone>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let list = format!("{} retractions", access.id());
        let of = ListOf { account: access.account, list };
        let limit = page.size()?;
        let after = page.position(app, &of)?.as_deref().and_then(|id| Uuid::parse_str(id).ok());
        let found = retractions::page(tx, access.id(), &access.scope, after, limit + 1)?;
        Ok(cursor::page(app, &of, found, limit, |tombstone| tombstone.id.to_string()))
    })
}

/// The JSON Schema of the body.
#[must_use]
pub fn schema() -> Value {
    let codes: Vec<&str> = given().map(Closed::code).collect();
    json!({
        "type": "object",
        "description": "Why an entry is retracted.",
        "properties": {"reason": {"type": "string", "enum": codes}},
        "required": ["reason"],
        "additionalProperties": false,
    })
}
