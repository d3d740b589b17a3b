//! The facts, indexed so that what a line can meet is looked up and not searched for.

use std::collections::{BTreeMap, HashMap};

use crate::{
    facts::{Commitment, CommonPosition, Engagement, Facts, Lead},
    id::{ArmedActorId, OrganizationId},
    lineage::Lineage,
    vocabulary::{EngagementStatus, Level},
};

/// Things by where their armed actor stands.
struct ByActor<'f, T>(BTreeMap<&'f str, Vec<&'f T>>);

impl<'f, T> ByActor<'f, T> {
    fn new(things: impl Iterator<Item = (&'f Lineage, &'f T)>) -> Self {
        let mut index: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
        for (lineage, thing) in things {
            index.entry(lineage.as_str()).or_default().push(thing);
        }
        Self(index)
    }

    /// Those of an actor and of all above it.
    fn above<'a>(&'a self, lineage: &'a Lineage) -> impl Iterator<Item = &'f T> + 'a {
        lineage.up().filter_map(|path| self.0.get(path)).flatten().copied()
    }

    /// Those of all below an actor, itself not included.
    fn below(&self, lineage: &Lineage) -> impl Iterator<Item = &'f T> + '_ {
        let (low, high) = lineage.below();
        let range = self.0.range::<str, _>((
            std::ops::Bound::Included(low.as_str()),
            std::ops::Bound::Excluded(high.as_str()),
        ));
        range.flat_map(|(_, things)| things).copied().collect::<Vec<_>>().into_iter()
    }

    fn in_line<'a>(&'a self, lineage: &'a Lineage) -> impl Iterator<Item = &'f T> + 'a {
        self.above(lineage).chain(self.below(lineage))
    }
}

/// The facts with their indexes.
pub struct Register<'f> {
    /// The facts.
    pub facts: &'f Facts,
    live: ByActor<'f, Engagement>,
    live_of: HashMap<OrganizationId, Vec<&'f Engagement>>,
    visited: HashMap<(ArmedActorId, Level), Vec<&'f Engagement>>,
    leads: ByActor<'f, Lead>,
    positions: ByActor<'f, CommonPosition>,
    positions_for_all: Vec<&'f CommonPosition>,
    commitments: ByActor<'f, Commitment>,
}

impl<'f> Register<'f> {
    /// The facts, indexed.
    #[must_use]
    pub fn new(facts: &'f Facts) -> Self {
        let live = || facts.engagements.values().filter(|engagement| facts.is_live(engagement));
        let mut live_of: HashMap<_, Vec<_>> = HashMap::new();
        for engagement in live() {
            live_of.entry(engagement.organization).or_default().push(engagement);
        }
        let mut visited: HashMap<_, Vec<_>> = HashMap::new();
        for engagement in facts.engagements.values() {
            if engagement.status != EngagementStatus::Cancelled && !engagement.contacts.is_empty() {
                visited
                    .entry((engagement.actor.id, engagement.level))
                    .or_default()
                    .push(engagement);
            }
        }
        let leads = facts.leads.values().filter(|l| !facts.agreement_is_over(l.window));
        let positions = || facts.positions.values().filter(|p| !facts.agreement_is_over(p.window));
        let commitments = facts.commitments.values().filter(|c| facts.is_in_force(c));
        Self {
            facts,
            live: ByActor::new(live().map(|e| (&e.actor.lineage, e))),
            live_of,
            visited,
            leads: ByActor::new(leads.map(|lead| (&lead.actor.lineage, lead))),
            positions: ByActor::new(
                positions().filter_map(|p| p.actor.as_ref().map(|actor| (&actor.lineage, p))),
            ),
            positions_for_all: positions().filter(|p| p.actor.is_none()).collect(),
            commitments: ByActor::new(commitments.map(|c| (&c.actor.lineage, c))),
        }
    }

    /// The live engagements whose armed actor is in line.
    pub fn live_in_line<'a>(
        &'a self,
        lineage: &'a Lineage,
    ) -> impl Iterator<Item = &'f Engagement> + 'a {
        self.live.in_line(lineage)
    }

    /// The live engagements with an armed actor and with all below it.
    pub fn live_under<'a>(
        &'a self,
        lineage: &'a Lineage,
    ) -> impl Iterator<Item = &'f Engagement> + 'a {
        self.live
            .0
            .get(lineage.as_str())
            .into_iter()
            .flatten()
            .copied()
            .chain(self.live.below(lineage))
    }

    /// The live engagements that an organisation leads.
    #[must_use]
    pub fn live_of(&self, organization: OrganizationId) -> &[&'f Engagement] {
        self.live_of.get(&organization).map_or(&[], Vec::as_slice)
    }

    /// All live engagements.
    pub fn live(&self) -> impl Iterator<Item = &'f Engagement> + '_ {
        self.live.0.values().flatten().copied()
    }

    /// The engagements, not cancelled, in which this very actor was met at this level.
    #[must_use]
    pub fn visited(&self, actor: ArmedActorId, level: Level) -> &[&'f Engagement] {
        self.visited.get(&(actor, level)).map_or(&[], Vec::as_slice)
    }

    /// Every actor and level at which anybody was met.
    pub fn visited_levels(&self) -> impl Iterator<Item = (ArmedActorId, Level)> + '_ {
        self.visited.keys().copied()
    }

    /// The leads, not over, towards an actor or any above it.
    pub fn leads_above<'a>(&'a self, lineage: &'a Lineage) -> impl Iterator<Item = &'f Lead> + 'a {
        self.leads.above(lineage)
    }

    /// The positions, not over, towards an actor, any above it, or all.
    pub fn positions_above<'a>(
        &'a self,
        lineage: &'a Lineage,
    ) -> impl Iterator<Item = &'f CommonPosition> + 'a {
        self.positions.above(lineage).chain(self.positions_for_all.iter().copied())
    }

    /// The commitments in force whose armed actor is in line.
    pub fn commitments_in_line<'a>(
        &'a self,
        lineage: &'a Lineage,
    ) -> impl Iterator<Item = &'f Commitment> + 'a {
        self.commitments.in_line(lineage)
    }

    /// The engagement that a commitment came from.
    #[must_use]
    pub fn origin(&self, commitment: &Commitment) -> Option<&'f Engagement> {
        self.facts.engagements.get(&commitment.engagement?)
    }
}
