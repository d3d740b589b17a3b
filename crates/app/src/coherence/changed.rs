//! Which subjects of flags changed in a field that rules read.

use std::collections::HashSet;

use concord_domain::{
    facts,
    flag::Subject,
    id::{AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId},
    vocabulary::FlagKind,
};
use uuid::Uuid;

/// Which subjects changed in a field that rules read, so that what was settled is open again.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Engagements in what stands above their parts.
    headers: HashSet<EngagementId>,
    /// Engagements in their asks or demands.
    parts_of: HashSet<EngagementId>,
    /// Engagements in whom they visited, at what level, when.
    visits: HashSet<EngagementId>,
    asks: HashSet<AskId>,
    demands: HashSet<DemandId>,
    /// Leads, positions and commitments.
    agreements: HashSet<Uuid>,
}

impl Changed {
    /// Notes what differs between an engagement as it was and as it is.
    pub fn add_engagement(&mut self, before: &facts::Engagement, after: &facts::Engagement) {
        let header = |engagement: &facts::Engagement| facts::Engagement {
            asks: Vec::new(),
            demands: Vec::new(),
            contacts: Vec::new(),
            ..engagement.clone()
        };
        let who = |e: &facts::Engagement| (e.organization, e.actor.id, e.level);
        if header(before) != header(after) {
            self.headers.insert(after.id);
        }
        if before.contacts != after.contacts || who(before) != who(after) {
            self.visits.insert(after.id);
        }
        if before.asks != after.asks || before.demands != after.demands {
            self.parts_of.insert(after.id);
        }
        let asks = after.asks.iter().filter(|ask| !before.asks.contains(ask));
        self.asks.extend(asks.map(|ask| ask.id));
        let demands = after.demands.iter().filter(|demand| !before.demands.contains(demand));
        self.demands.extend(demands.map(|demand| demand.id));
    }

    /// Notes that a lead, a position or a commitment changed.
    pub fn add_agreement(&mut self, id: Uuid) {
        self.agreements.insert(id);
    }

    /// Adds all that another notes.
    pub fn extend(&mut self, other: Self) {
        self.headers.extend(other.headers);
        self.parts_of.extend(other.parts_of);
        self.visits.extend(other.visits);
        self.asks.extend(other.asks);
        self.demands.extend(other.demands);
        self.agreements.extend(other.agreements);
    }

    pub(super) fn touches(&self, kind: FlagKind, subject: Subject) -> bool {
        match subject {
            Subject::Ask(id, of) => self.asks.contains(&id) || self.headers.contains(&of),
            Subject::Demand(id, of) => self.demands.contains(&id) || self.headers.contains(&of),
            Subject::Engagement(id) => match kind {
                FlagKind::Saturation => self.visits.contains(&id),
                FlagKind::RiskTransfer => self.headers.contains(&id),
                _ => self.headers.contains(&id) || self.parts_of.contains(&id),
            },
            Subject::Lead(LeadId(id))
            | Subject::CommonPosition(CommonPositionId(id))
            | Subject::Commitment(CommitmentId(id)) => self.agreements.contains(&id),
            Subject::Actor(_) | Subject::Level(_) => false,
        }
    }
}
