//! What changed of late in what the caller's own organisations keep.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;
use concord_domain::{
    id::ArmedActorId,
    policy::Action,
    vocabulary::Severity,
    window::{Day, earlier},
};
use concord_reports::timeline::Changes;
use concord_store::{Tx, documents::leads, engagements, flags, live};
use uuid::Uuid;

use super::timeline::{FLAGS_MAX, Gathered, MovedFlag};
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::Result,
    names::Names,
};

/// How many days are looked at, today included.
const DAYS: u32 = 7;

/// What changed in the last seven days in the lines, commitments and leads of the organisations for
/// which the caller acts, and in the flags about those that the caller may read; the latest first.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for whom who reads no entries.
pub fn changes(app: &App, person: Person, operation: &str) -> Result<Changes> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let until = access.operation.evaluated_on;
        let period = (earlier(until, DAYS - 1), until);
        let (events, cut) = gather(tx, access, period)?.events(period);
        let (from, until) = (period.0.to_string(), until.to_string());
        Ok(Changes { from, until, events, cut })
    })
}

fn gather(tx: &mut Tx, access: &Access, period: (Day, Day)) -> Result<Gathered> {
    let (operation, scope, own) = (access.id(), &access.scope, &access.scope.organizations);
    let (from, _) = period;
    // What neither is live nor has just ended does not change.
    let mut ids = live::led_by(tx, operation, own)?;
    ids.extend(engagements::ended(tx, operation, own, period)?);
    let ids: Vec<_> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let lines = engagements::load(tx, operation, scope, &ids)?;
    let kept = engagements::kept_and_not_over(tx, operation, own, from)?;
    let commitments = engagements::load_commitments(tx, operation, scope, &kept)?;
    let agreed = live::leads_of(tx, operation, own, from)?;
    let agreed: Vec<Uuid> = agreed.into_iter().map(|id| id.0).collect();
    let lines_with = lines.iter().map(|line| (line.identity.id.0, line.armed_actor.0));
    let with: BTreeMap<Uuid, ArmedActorId> = lines_with
        .chain(commitments.iter().map(|each| (each.identity.id.0, each.armed_actor.0)))
        .collect();
    let gathered = Gathered {
        flags: moved(tx, access, &with, from)?,
        leads: leads::load(tx, operation, &agreed)?,
        actors: Vec::new(),
        lines,
        commitments,
        names: Names::default(),
        language: access.language,
    };
    gathered.named_all(tx, operation)
}

/// The steps since a day of the flags that rest on these entries, each with its armed actor.
fn moved(
    tx: &mut Tx,
    access: &Access,
    with: &BTreeMap<Uuid, ArmedActorId>,
    from: Day,
) -> Result<Vec<MovedFlag>> {
    let operation = access.id();
    let since = from.and_time(NaiveTime::MIN);
    let filter = flags::Filter {
        entries: Some(with.keys().copied().collect()),
        moved_since: Some(since),
        ..flags::Filter::default()
    };
    let mut found = flags::list(tx, operation, &access.scope, &filter, FLAGS_MAX)?;
    found.retain(|flag| flag.standing.severity != Severity::Info);
    let flagged: Vec<Uuid> = found.iter().map(|flag| flag.id).collect();
    let resting = flags::entries_of(tx, operation, &flagged)?;
    access.deeds.names_entries(resting.values().flatten().copied());
    let steps = flags::moves(tx, operation, &flagged, since)?;
    let of_step = |step: flags::Move| {
        let flag = found.iter().find(|flag| flag.id == step.flag)?.clone();
        let with = resting.get(&step.flag)?.iter().find_map(|entry| with.get(entry).copied())?;
        let (on, went_on) = (step.at.date(), step.from.is_some());
        Some(MovedFlag { flag, with, on, went_on, state: step.to })
    };
    Ok(steps.into_iter().filter_map(of_step).collect())
}
