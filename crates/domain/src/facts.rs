//! What the coherence rules read: engagements, leads, positions and commitments, with every
//! reference to a tree resolved to a [`Lineage`], so that a rule needs nothing else.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{
    document::{TermValue, Terms},
    id::{
        ArmedActorId, AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId,
        MechanismId, OrganizationId, PlaceId,
    },
    lineage::Lineage,
    vocabulary::{
        Action, AskStatus, CommitmentStatus, DemandKind, EngagementStatus, Issue, Level, Method,
        Offer, Response, Term, ViaKind,
    },
    window::{Day, Window, earlier},
};

mod resolve;

pub use resolve::{Agreements, Context};

/// How long ago a contact may lie and still count, in days.
pub const CONTACT_DAYS_MAX: u32 = 28;

/// An armed actor and where it stands in its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Which one.
    pub id: ArmedActorId,
    /// Where it stands.
    pub lineage: Lineage,
}

/// A set of places; none is the whole operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(pub Vec<(PlaceId, Lineage)>);

impl Places {
    /// Whether either is the whole operation, or some place of one is, holds or lies within some
    /// place of the other.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> bool {
        self.0.is_empty() || other.0.is_empty() || self.shared(other).next().is_some()
    }

    /// The smaller place of each pair that intersects.
    pub fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = PlaceId> + 'a {
        self.0.iter().flat_map(move |(id, lineage)| {
            other.0.iter().filter_map(move |(other_id, other_lineage)| {
                let below = other_lineage.contains(lineage);
                let above = lineage.contains(other_lineage);
                (below || above).then_some(if below { *id } else { *other_id })
            })
        })
    }
}

/// What an intermediary is and has agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intermediary {
    /// What kind it is.
    pub kind: ViaKind,
    /// Whether it has agreed to carry messages.
    pub consent: bool,
    /// The last day of that consent, where one is known.
    pub consent_until: Option<Day>,
    /// Whether what it may cost it was assessed.
    pub risk_assessed: bool,
}

/// What is asked of the armed actor, with what it takes from its engagement filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Which one.
    pub id: AskId,
    /// The issue.
    pub issue: Issue,
    /// The action.
    pub action: Action,
    /// The terms.
    pub terms: Terms,
    /// What is given in return.
    pub offer: Offer,
    /// What became of it.
    pub status: AskStatus,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
}

/// What the armed actor asks, with what it takes from its engagement filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Which one.
    pub id: DemandId,
    /// What is demanded.
    pub kind: DemandKind,
    /// How it was answered.
    pub response: Response,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
}

/// One organisation's line of dialogue with one armed actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Engagement {
    /// Which one.
    pub id: EngagementId,
    /// Who leads it.
    pub organization: OrganizationId,
    /// Whether the community itself leads that organisation.
    pub community_led: bool,
    /// Who does it with them.
    pub partners: Vec<OrganizationId>,
    /// Whom it engages.
    pub actor: Actor,
    /// At what height of command.
    pub level: Level,
    /// How.
    pub method: Method,
    /// Whether something is given in return for what is asked.
    pub trades: bool,
    /// How far it has come.
    pub status: EngagementStatus,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
    /// Which mechanisms were told of it.
    pub informed: Vec<MechanismId>,
    /// Which engagements it takes direction from.
    pub follows: Vec<EngagementId>,
    /// The shared strategy that it belongs to; not empty.
    pub strategy: Option<String>,
    /// Through whom, if it is indirect.
    pub via: Option<Intermediary>,
    /// What is asked.
    pub asks: Vec<Ask>,
    /// What is demanded.
    pub demands: Vec<Demand>,
    /// When the armed actor was met.
    pub contacts: Vec<Day>,
}

/// Who was agreed to lead towards an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Which one.
    pub id: LeadId,
    /// Towards whom, with everything below.
    pub actor: Actor,
    /// Who leads.
    pub organization: OrganizationId,
    /// The mechanism in which that was agreed.
    pub mechanism: Option<MechanismId>,
    /// At what level.
    pub level: Option<Level>,
    /// On what issue.
    pub issue: Option<Issue>,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
}

/// What the community agreed not to ask, offer or accept.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonPosition {
    /// Which one.
    pub id: CommonPositionId,
    /// On what issue.
    pub issue: Issue,
    /// Towards whom, with everything below.
    pub actor: Option<Actor>,
    /// What is not asked for.
    pub excludes_actions: Vec<Action>,
    /// What is not offered.
    pub excludes_offers: Vec<Offer>,
    /// On which terms nothing is asked for.
    pub excludes_terms: BTreeMap<Term, Vec<TermValue>>,
    /// Which demands are not accepted.
    pub refuses_demands: Vec<DemandKind>,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
}

/// What an armed actor has agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    /// Which one.
    pub id: CommitmentId,
    /// Who agreed.
    pub actor: Actor,
    /// On what issue.
    pub issue: Issue,
    /// To do what.
    pub action: Action,
    /// On what terms.
    pub terms: Terms,
    /// What became of it.
    pub status: CommitmentStatus,
    /// When.
    pub window: Window,
    /// Where.
    pub places: Places,
    /// The engagement that it came from; one of the facts, whatever its status.
    pub engagement: Option<EngagementId>,
}

/// What the rules are to look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Days after its end for which a line still counts as meeting another.
    pub slack_days: u32,
    /// The day as of which is evaluated; without it nothing is over.
    pub as_of: Option<Day>,
    /// The engagements.
    pub engagements: BTreeMap<EngagementId, Engagement>,
    /// The leads.
    pub leads: BTreeMap<LeadId, Lead>,
    /// The common positions.
    pub positions: BTreeMap<CommonPositionId, CommonPosition>,
    /// The commitments.
    pub commitments: BTreeMap<CommitmentId, Commitment>,
}

impl Facts {
    /// Whether the window of an engagement, an ask or a demand is over.
    #[must_use]
    pub fn line_is_over(&self, window: Window) -> bool {
        self.as_of.is_some_and(|day| window.is_over(day, self.slack_days))
    }

    /// Whether the window of a lead, a position or a commitment is over.
    #[must_use]
    pub fn agreement_is_over(&self, window: Window) -> bool {
        self.as_of.is_some_and(|day| window.is_over(day, 0))
    }

    /// Whether it is carried on or about to be, and not over.
    #[must_use]
    pub fn is_live(&self, engagement: &Engagement) -> bool {
        engagement.status.is_live() && !self.line_is_over(engagement.window)
    }

    /// The live asks of an engagement.
    pub fn live_asks<'a>(&'a self, engagement: &'a Engagement) -> impl Iterator<Item = &'a Ask> {
        let live = self.is_live(engagement);
        engagement.asks.iter().filter(move |ask| {
            live && ask.status == AskStatus::Open && !self.line_is_over(ask.window)
        })
    }

    /// The live demands of an engagement.
    pub fn live_demands<'a>(
        &'a self,
        engagement: &'a Engagement,
    ) -> impl Iterator<Item = &'a Demand> {
        let live = self.is_live(engagement);
        engagement.demands.iter().filter(move |d| live && !self.line_is_over(d.window))
    }

    /// Whether it binds, and is not over.
    #[must_use]
    pub fn is_in_force(&self, commitment: &Commitment) -> bool {
        commitment.status == CommitmentStatus::InForce && !self.agreement_is_over(commitment.window)
    }

    /// The entries of which there is something: engagements, and commitments that came from none.
    #[must_use]
    pub fn entries(&self) -> BTreeSet<Uuid> {
        let commitments = self.commitments.values().map(Commitment::entry);
        self.engagements.keys().map(|id| id.0).chain(commitments).collect()
    }

    /// Keeps of the engagements and the commitments those of these entries.
    pub fn keep_entries(&mut self, is_kept: impl Fn(Uuid) -> bool) {
        self.engagements.retain(|id, _| is_kept(id.0));
        self.commitments.retain(|_, commitment| is_kept(commitment.entry()));
    }

    /// Whether a contact on this day is recent enough to count.
    #[must_use]
    pub fn contact_counts(&self, on: Day) -> bool {
        self.as_of.is_none_or(|day| on >= earlier(day, CONTACT_DAYS_MAX))
    }
}

impl Commitment {
    /// The entry that it belongs to: the engagement that it came from, or itself.
    #[must_use]
    pub fn entry(&self) -> Uuid {
        self.engagement.map_or(self.id.0, |engagement| engagement.0)
    }
}

impl Engagement {
    /// The lead and the partners.
    pub fn organizations(&self) -> impl Iterator<Item = OrganizationId> + '_ {
        [self.organization].into_iter().chain(self.partners.iter().copied())
    }

    /// Whether the two share an organisation, or one follows the other, or both belong to one
    /// strategy.
    #[must_use]
    pub fn is_coordinated_with(&self, other: &Self) -> bool {
        let own: BTreeSet<OrganizationId> = self.organizations().collect();
        other.organizations().any(|organization| own.contains(&organization))
            || self.follows.contains(&other.id)
            || other.follows.contains(&self.id)
            || (self.strategy.is_some() && self.strategy == other.strategy)
    }

    /// Everything that its parts span, for finding what may meet it.
    #[must_use]
    pub fn hull(&self) -> Window {
        let parts = self.asks.iter().map(|ask| ask.window);
        parts.chain(self.demands.iter().map(|d| d.window)).fold(self.window, |a, b| a.hull(&b))
    }
}
