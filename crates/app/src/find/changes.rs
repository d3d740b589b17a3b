//! What changed of late in what the caller's own organisations keep.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use chrono::NaiveTime;
use concord_domain::{
    id::{ArmedActorId, CommitmentId, EngagementId},
    policy::Action,
    vocabulary::Severity,
    window::{Day, earlier},
};
use concord_reports::timeline::Changes;
use concord_store::{
    Tx,
    documents::leads,
    engagements, entries,
    flags::{self, KeptFlag},
    live,
};
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
/// How long after it has ended somebody may look whether a commitment was kept, in days.
const VERIFIED_DAYS: u32 = 90;

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
        let (gathered, are_more) = gather(tx, access, period)?;
        let (events, is_long) = gathered.events(period);
        let (from, until) = (period.0.to_string(), until.to_string());
        Ok(Changes { from, until, events, cut: are_more || is_long })
    })
}

/// Everything in which something may have changed, and whether there are more flags than are looked at.
fn gather(tx: &mut Tx, access: &Access, period: (Day, Day)) -> Result<(Gathered, bool)> {
    let (operation, scope, own) = (access.id(), &access.scope, &access.scope.organizations);
    let (from, _) = period;
    let mut ids: BTreeSet<EngagementId> = live::led_by(tx, operation, own)?.into_iter().collect();
    ids.extend(engagements::of_late(tx, operation, own, period)?);
    let all: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let readable = entries::readable(tx, operation, scope, &all)?;
    let ids: Vec<EngagementId> = ids.into_iter().filter(|id| readable.contains(&id.0)).collect();
    let mut lines = engagements::load_for_rules(tx, operation, &ids)?;
    lines.sort_unstable_by_key(|line| (Reverse(line.from), line.identity.id));
    let ended = earlier(from, VERIFIED_DAYS);
    let kept = engagements::kept_and_not_over(tx, operation, own, ended)?;
    let agreed = live::leads_of(tx, operation, own, from)?;
    let agreed: Vec<Uuid> = agreed.into_iter().map(|id| id.0).collect();
    let (flags, are_more) = moved(tx, access, from)?;
    let gathered = Gathered {
        flags,
        lines,
        commitments: engagements::load_commitments(tx, operation, scope, &kept)?,
        leads: leads::load(tx, operation, &agreed)?,
        actors: Vec::new(),
        names: Names::default(),
        language: access.language,
    };
    Ok((gathered.named_all(tx, operation)?, are_more))
}

/// The steps since a day of the flags that rest on an own entry, each with the armed actor of that; and
/// whether there are more.
fn moved(tx: &mut Tx, access: &Access, from: Day) -> Result<(Vec<MovedFlag>, bool)> {
    let (operation, own) = (access.id(), &access.scope.organizations);
    let since = from.and_time(NaiveTime::MIN);
    let (of, moved_since) = (Some(own.clone()), Some(since));
    let filter = flags::Filter { of, moved_since, ..flags::Filter::default() };
    let mut found = flags::list(tx, operation, &access.scope, &filter, FLAGS_MAX)?;
    let are_more = i64::try_from(found.len()).is_ok_and(|count| count >= FLAGS_MAX);
    found.retain(|flag| flag.standing.severity != Severity::Info);
    let flagged: Vec<Uuid> = found.iter().map(|flag| flag.id).collect();
    let resting = flags::entries_of(tx, operation, &flagged)?;
    access.deeds.names_entries(resting.values().flatten().copied());
    let with = actors_of(tx, access, &resting.values().flatten().copied().collect())?;
    let steps = flags::moves(tx, operation, &flagged, since)?;
    let known: HashMap<Uuid, &KeptFlag> = found.iter().map(|flag| (flag.id, flag)).collect();
    let of_step = |step: flags::Move| {
        let flag = KeptFlag::clone(known.get(&step.flag)?);
        let with = resting.get(&step.flag)?.iter().find_map(|entry| with.get(entry).copied())?;
        let (on, went_on) = (step.at.date(), step.from.is_some());
        Some(MovedFlag { flag, with, on, went_on, state: step.to })
    };
    Ok((steps.into_iter().filter_map(of_step).collect(), are_more))
}

/// The armed actors of those of these entries that are own.
fn actors_of(
    tx: &mut Tx,
    access: &Access,
    entries: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, ArmedActorId>> {
    let own = &access.scope.organizations;
    let lines: Vec<EngagementId> = entries.iter().copied().map(EngagementId).collect();
    let commitments: Vec<CommitmentId> = entries.iter().copied().map(CommitmentId).collect();
    let lines = engagements::load_for_rules(tx, access.id(), &lines)?;
    let commitments = engagements::load_commitments_for_rules(tx, access.id(), &commitments)?;
    let of_lines = lines
        .iter()
        .filter(|line| own.contains(&line.organization.0))
        .map(|line| (line.identity.id.0, line.armed_actor.0));
    let of_commitments = commitments
        .iter()
        .filter(|each| each.organization.is_some_and(|to| own.contains(&to.0)))
        .map(|each| (each.identity.id.0, each.armed_actor.0));
    Ok(of_lines.chain(of_commitments).collect())
}
