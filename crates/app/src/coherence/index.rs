//! How lines are looked up by those that may meet them, and when the passing of time changes what
//! they mean.

use std::{
    borrow::Borrow,
    collections::{BTreeSet, HashMap},
};

use concord_domain::{
    document::Engagement,
    facts::{self, CONTACT_DAYS_MAX, Facts},
    id::{EngagementId, OrganizationId},
    lineage::Lineage,
    vocabulary::EngagementStatus,
    window::{Day, Window, later},
};
use concord_store::{
    Tx,
    due::{self, Kind},
    engagements,
    live::{self, LiveLine, Tie},
};
use uuid::Uuid;

use super::gather::Gathering;
use crate::error::Result;

/// The lowest place that holds all of these; none for the whole operation.
fn hull_of_places<'l>(lineages: impl IntoIterator<Item = &'l Lineage>) -> Option<Lineage> {
    lineages
        .into_iter()
        .map(|lineage| lineage.as_str().split('.').collect::<Vec<_>>())
        .reduce(|a, b| {
            let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
            a.into_iter().take(shared).collect()
        })
        .map(|parts| parts.join("."))
        .filter(|path| !path.is_empty())
        .map(Lineage::new)
}

/// How an engagement is looked up by those that may meet it.
pub(super) fn live_line(engagement: &facts::Engagement, facts: &Facts) -> LiveLine {
    let hull = engagement.hull();
    let parts = engagement.asks.iter().map(|ask| &ask.places);
    let parts = parts.chain(engagement.demands.iter().map(|demand| &demand.places));
    let all: Vec<&facts::Places> = parts.chain([&engagement.places]).collect();
    let whole = all.iter().any(|places| places.0.is_empty());
    let lineages = all.iter().flat_map(|places| places.0.iter().map(|(_, lineage)| lineage));
    LiveLine {
        engagement: engagement.id,
        actor: engagement.actor.lineage.clone(),
        starts_on: hull.from.unwrap_or(FIRST_DAY),
        ends_on: hull.until.map_or(LAST_DAY, |day| later(day, facts.slack_days)).min(LAST_DAY),
        organization: engagement.organization,
        place: if whole { None } else { hull_of_places(lineages) },
        ties: ties_of(engagement),
    }
}

/// What makes another line coordinated with this one.
fn ties_of(engagement: &facts::Engagement) -> BTreeSet<Tie> {
    let partners = engagement.partners.iter().copied().map(Tie::Partner);
    let followed = engagement.follows.iter().copied().map(Tie::Follows);
    let strategy = engagement.strategy.clone().map(Tie::Strategy);
    partners.chain(followed).chain(strategy).chain([Tie::Line(engagement.id)]).collect()
}

/// What ties a line that another organisation leads to this one.
pub(super) fn ties_to(engagement: &facts::Engagement) -> impl Iterator<Item = Tie> {
    let partners = engagement.organizations().map(Tie::Partner);
    let followed = engagement.follows.iter().copied().map(Tie::Line);
    let strategy = engagement.strategy.clone().map(Tie::Strategy);
    partners.chain(followed).chain(strategy).chain([Tie::Follows(engagement.id)])
}

/// How a commitment looks up the lines that it may cover.
pub(super) fn line_of_commitment(commitment: &facts::Commitment) -> LiveLine {
    LiveLine {
        engagement: EngagementId(Uuid::nil()),
        actor: commitment.actor.lineage.clone(),
        starts_on: commitment.window.from.unwrap_or(FIRST_DAY),
        ends_on: commitment.window.until.unwrap_or(LAST_DAY),
        organization: OrganizationId(Uuid::nil()),
        place: hull_of_places(commitment.places.0.iter().map(|(_, lineage)| lineage)),
        ties: BTreeSet::new(),
    }
}

/// The first day that a window without a beginning is kept as.
pub const FIRST_DAY: Day = match Day::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => Day::MIN,
};
/// The last day that a window without an end is kept as.
pub const LAST_DAY: Day = match Day::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => Day::MAX,
};

/// Brings the index of live lines and the calendar to what an engagement is as of the day.
///
/// # Errors
/// The store's own.
fn index_engagement(
    tx: &mut Tx,
    operation: Uuid,
    engagement: &facts::Engagement,
    consent_until: Option<Day>,
    facts: &Facts,
) -> Result<()> {
    let is_live = facts.is_live(engagement);
    let line = is_live.then(|| live_line(engagement, facts));
    live::put(tx, operation, engagement.id, line.as_ref())?;
    let parts = engagement.asks.iter().map(|ask| ask.window);
    let windows = parts.chain(engagement.demands.iter().map(|demand| demand.window));
    let over = windows
        .chain([engagement.window])
        .filter_map(|window| window.until)
        .map(|until| later(until, facts.slack_days.saturating_add(1)));
    let consent = consent_until.map(|until| later(until, 1));
    let aged = engagement.contacts.iter().map(|on| later(*on, CONTACT_DAYS_MAX + 1));
    let cancelled = engagement.status == EngagementStatus::Cancelled;
    let day = facts.as_of.unwrap_or(FIRST_DAY);
    let due_on = over
        .filter(|_| is_live)
        .chain(consent)
        .chain(aged.filter(|_| !cancelled))
        .filter(|due_on| *due_on > day)
        .min()
        .map(|due_on| due_on.min(LAST_DAY));
    Ok(due::put(tx, operation, (Kind::Engagement, engagement.id.0), due_on)?)
}

/// Notes when a lead, a position or a commitment is over.
///
/// # Errors
/// The store's own.
pub fn index_agreement(
    tx: &mut Tx,
    operation: Uuid,
    thing: (Kind, Uuid),
    window: Window,
    day: Day,
) -> Result<()> {
    let over = window.until.map(|until| later(until, 1)).filter(|over| *over > day);
    Ok(due::put(tx, operation, thing, over.map(|over| over.min(LAST_DAY)))?)
}

/// Brings the index of live lines and the calendar to what these engagements are now.
///
/// # Errors
/// The store's own.
pub fn reindex(tx: &mut Tx, operation: Uuid, ids: &[EngagementId]) -> Result<Facts> {
    let documents = engagements::load_for_rules(tx, operation, ids)?;
    reindex_these(tx, operation, &documents)
}

/// The same for engagements as they have been written.
///
/// # Errors
/// The store's own.
pub fn reindex_these(
    tx: &mut Tx,
    operation: Uuid,
    documents: &[impl Borrow<Engagement>],
) -> Result<Facts> {
    let facts = Gathering::begin(tx, operation)?.facts_of(tx, documents)?;
    let consents: HashMap<EngagementId, Option<Day>> = documents
        .iter()
        .map(Borrow::borrow)
        .map(|e| (e.identity.id, e.consent.as_ref().map(|consent| consent.until)))
        .collect();
    for engagement in facts.engagements.values() {
        let consent = consents.get(&engagement.id).copied().flatten();
        index_engagement(tx, operation, engagement, consent, &facts)?;
    }
    Ok(facts)
}
