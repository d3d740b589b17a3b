//! An engagement that somebody intends, asked about before it is begun.

use super::{
    Ask, Checked, Demand, Engagement, Identity, Line, Of, Prose, Reader, To, Via, document,
};
use crate::{
    fault::Pointer,
    id::{ArmedActorId, EngagementId, MechanismId, OrganizationId, PlaceId},
    vocabulary::{Approach, EngagementStatus, Level, Method},
    window::Day,
};

document! {
    /// An engagement that somebody intends: what is asked about before a meeting. Nothing of it
    /// is logged.
    pub struct Intention {
        /// The organisation that would lead it.
        required organization: To<OrganizationId>,
        /// The organisations that would carry it on together with the lead.
        optional partners: Vec<To<OrganizationId>>,
        /// The unit or group that would be engaged.
        required armed_actor: To<ArmedActorId>,
        /// At what height of its command.
        required level: Of<Level>,
        /// How the dialogue would be carried on.
        required method: Method,
        /// What it would appeal to.
        optional approaches: Vec<Approach>,
        /// The first day.
        required from: Day,
        /// The last day.
        optional until: Option<Day>,
        /// Where.
        optional places: Vec<To<PlaceId>>,
        /// The mechanisms that are told of it.
        optional informed: Vec<To<MechanismId>>,
        /// The engagements that it would take direction from.
        optional follows: Vec<To<EngagementId>>,
        /// The shared strategy that it would belong to.
        optional strategy: Option<Line>,
        /// The intermediary, if it would be indirect.
        optional via: Option<Via>,
        /// What would be asked.
        optional asks: Vec<Ask>,
        /// What is demanded, and what the answer would be.
        optional demands: Vec<Demand>,
        /// What the question is for.
        required purpose: Prose,
    }
}

impl Checked for Intention {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        self.clone().engagement(EngagementId(uuid::Uuid::nil())).check(at, reader);
    }
}

impl Intention {
    /// The engagement that it would be.
    #[must_use]
    pub fn engagement(self, id: EngagementId) -> Engagement {
        Engagement {
            identity: Identity { id, key: id.0.into() },
            organization: self.organization,
            partners: self.partners,
            armed_actor: self.armed_actor,
            level: self.level,
            method: self.method,
            approaches: self.approaches,
            channel: None,
            status: Of(EngagementStatus::Planned),
            from: self.from,
            until: self.until,
            places: self.places,
            informed: self.informed,
            follows: self.follows,
            strategy: self.strategy,
            via: self.via,
            asks: self.asks,
            demands: self.demands,
            contacts: Vec::new(),
            summary: None,
            purpose: None,
            plan: None,
            outcome: None,
            failure_reasons: Vec::new(),
            lessons: None,
            renewed_on: None,
            sources: Vec::new(),
            audience: None,
            audience_organizations: Vec::new(),
            audience_mechanisms: Vec::new(),
            disclosure: None,
            consent: None,
        }
    }
}
