//! The protection risks that no line addresses. Silence is told, and never flagged.

use concord_domain::{
    document::{Engagement, ProtectionRisk, ids},
    id::{ArmedActorId, PlaceId},
    lineage::Lineage,
    vocabulary::Issue,
    window::Window,
};
use concord_store::{Tx, documents::protection_risks, trees};

use super::is_about;
use crate::{access::Access, error::Result};

/// To what a document is limited.
pub(super) struct Limits<'l> {
    /// The armed actor with what is above and below it.
    pub actor: Option<&'l Lineage>,
    /// The place with what it lies in and what lies in it.
    pub place: Option<&'l Lineage>,
    /// The issue with those related to it.
    pub issue: Option<Issue>,
    /// The days.
    pub window: Window,
}

/// The protection risks within some limits that none of these lines addresses. A line addresses a
/// risk when it asks about an issue that is related to the risk's, of an armed actor in line with
/// the one that the risk comes from, in a place of the risk.
pub(super) fn unaddressed(
    tx: &mut Tx,
    access: &Access,
    lines: &[Engagement],
    limits: &Limits<'_>,
) -> Result<Vec<ProtectionRisk>> {
    let operation = access.id();
    let all = protection_risks::ids(tx, operation)?;
    let mut risks = protection_risks::load(tx, operation, &all)?;
    let from = risks.iter().filter_map(|risk| risk.armed_actor.map(|to| to.0));
    let mut actors: Vec<ArmedActorId> =
        from.chain(lines.iter().map(|line| line.armed_actor.0)).collect();
    actors.sort_unstable();
    actors.dedup();
    let actors = trees::armed_actors::lineages(tx, operation, &actors)?;
    let of_risks = risks.iter().flat_map(|risk| ids(&risk.places));
    let mut places: Vec<PlaceId> =
        of_risks.chain(lines.iter().flat_map(|line| ids(&line.places))).collect();
    places.sort_unstable();
    places.dedup();
    let places = trees::places::lineages(tx, operation, &places)?;

    let is_in_line = |risk: &ProtectionRisk, actor: &Lineage| {
        let from = risk.armed_actor.and_then(|to| actors.get(&to.0));
        from.is_none_or(|from| from.in_line(actor))
    };
    let addresses = |risk: &ProtectionRisk, line: &Engagement| {
        let is_here = risk.places.is_empty()
            || risk.places.iter().any(|to| is_about(&line.places, &places, places.get(&to.0)));
        let actor = actors.get(&line.armed_actor.0);
        is_here
            && actor.is_some_and(|actor| is_in_line(risk, actor))
            && line.asks.iter().any(|ask| ask.issue.is_related(risk.issue))
    };
    risks.retain(|risk| {
        limits.actor.is_none_or(|actor| is_in_line(risk, actor))
            && limits.issue.is_none_or(|issue| issue.is_related(risk.issue))
            && risk.window().meets(&limits.window, 0)
            && is_about(&risk.places, &places, limits.place)
            && !lines.iter().any(|line| addresses(risk, line))
    });
    Ok(risks)
}
