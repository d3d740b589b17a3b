//! From documents to facts: every reference to a tree becomes a place in it, and an ask or a demand
//! takes from its engagement what it does not say itself.

use std::{borrow::Borrow, collections::HashMap};

use super::{
    Actor, Ask, Commitment, CommonPosition, Demand, Engagement, Facts, Intermediary, Lead, Places,
};
use crate::{
    document::{self, To},
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage::Lineage,
};

/// Where things stand in their trees, and what is known of organisations.
#[derive(Debug, Default)]
pub struct Context {
    /// Where places stand.
    pub places: HashMap<PlaceId, Lineage>,
    /// Where armed actors stand.
    pub actors: HashMap<ArmedActorId, Lineage>,
    /// Whether the community itself leads an organisation.
    pub community_led: HashMap<OrganizationId, bool>,
}

/// What was agreed, as documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct Agreements<'d> {
    /// Leads.
    pub leads: &'d [document::Lead],
    /// Common positions.
    pub positions: &'d [document::CommonPosition],
    /// Commitments.
    pub commitments: &'d [document::Commitment],
}

impl Facts {
    /// Adds documents to the facts.
    pub fn add(
        &mut self,
        context: &Context,
        engagements: &[impl Borrow<document::Engagement>],
        agreements: Agreements<'_>,
    ) {
        for engagement in engagements.iter().map(Borrow::borrow) {
            self.engagements.insert(engagement.identity.id, context.engagement(engagement));
        }
        for lead in agreements.leads {
            self.leads.insert(lead.identity.id, context.lead(lead));
        }
        for position in agreements.positions {
            self.positions.insert(position.identity.id, context.position(position));
        }
        for commitment in agreements.commitments {
            self.commitments.insert(commitment.identity.id, context.commitment(commitment));
        }
    }
}

impl Context {
    fn actor(&self, to: To<ArmedActorId>) -> Actor {
        // One that is not known is in line with nothing.
        let unknown = || Lineage::new(to.0.0.simple().to_string());
        Actor { id: to.0, lineage: self.actors.get(&to.0).cloned().unwrap_or_else(unknown) }
    }

    fn places(&self, of: &[To<PlaceId>]) -> Places {
        let place = |to: &To<PlaceId>| Some((to.0, self.places.get(&to.0)?.clone()));
        Places(of.iter().filter_map(place).collect())
    }

    /// The places of an ask or a demand: its engagement's, if it has none of its own.
    fn places_of_part(&self, own: &[To<PlaceId>], whole: &Places) -> Places {
        if own.is_empty() { whole.clone() } else { self.places(own) }
    }

    /// What the rules read of an engagement.
    #[must_use]
    pub fn engagement(&self, engagement: &document::Engagement) -> Engagement {
        let places = self.places(&engagement.places);
        let organization = engagement.organization.0;
        Engagement {
            id: engagement.identity.id,
            organization,
            community_led: self.community_led.get(&organization).copied().unwrap_or_default(),
            partners: document::ids(&engagement.partners),
            actor: self.actor(engagement.armed_actor),
            level: engagement.level.0,
            method: engagement.method,
            trades: engagement.approaches.iter().any(|approach| approach.trades()),
            status: engagement.status.0,
            window: engagement.window(),
            informed: document::ids(&engagement.informed),
            follows: document::ids(&engagement.follows),
            strategy: engagement.strategy.as_ref().map(|line| line.as_str().to_owned()),
            via: engagement.via.as_ref().map(|via| Intermediary {
                kind: via.kind,
                consent: via.consent,
                consent_until: engagement.consent.as_ref().map(|consent| consent.until),
                risk_assessed: via.risk_assessed,
            }),
            asks: engagement.asks.iter().map(|ask| self.ask(engagement, ask, &places)).collect(),
            demands: engagement
                .demands
                .iter()
                .map(|demand| self.demand(engagement, demand, &places))
                .collect(),
            contacts: engagement.contacts.iter().map(|contact| contact.on).collect(),
            places,
        }
    }

    fn ask(&self, whole: &document::Engagement, ask: &document::Ask, places: &Places) -> Ask {
        Ask {
            id: ask.identity.id,
            issue: ask.issue,
            action: ask.action,
            terms: ask.terms.clone(),
            offer: ask.offer,
            status: ask.status.0,
            window: whole.window_of_part(ask.from, ask.until),
            places: self.places_of_part(&ask.places, places),
        }
    }

    fn demand(
        &self,
        whole: &document::Engagement,
        demand: &document::Demand,
        places: &Places,
    ) -> Demand {
        Demand {
            id: demand.identity.id,
            kind: demand.kind,
            response: demand.response,
            window: whole.window_of_part(demand.from, demand.until),
            places: self.places_of_part(&demand.places, places),
        }
    }

    /// What the rules read of a lead.
    #[must_use]
    pub fn lead(&self, lead: &document::Lead) -> Lead {
        Lead {
            id: lead.identity.id,
            actor: self.actor(lead.armed_actor),
            organization: lead.organization.0,
            mechanism: lead.mechanism.map(|to| to.0),
            level: lead.level.map(|level| level.0),
            issue: lead.issue,
            window: lead.window(),
            places: self.places(&lead.places),
        }
    }

    /// What the rules read of a common position.
    #[must_use]
    pub fn position(&self, position: &document::CommonPosition) -> CommonPosition {
        CommonPosition {
            id: position.identity.id,
            issue: position.issue,
            actor: position.armed_actor.map(|to| self.actor(to)),
            excludes_actions: position.excludes_actions.clone(),
            excludes_offers: position.excludes_offers.clone(),
            excludes_terms: position.excludes_terms.clone(),
            refuses_demands: position.refuses_demands.clone(),
            window: position.window(),
            places: self.places(&position.places),
        }
    }

    /// What the rules read of a commitment.
    #[must_use]
    pub fn commitment(&self, commitment: &document::Commitment) -> Commitment {
        Commitment {
            id: commitment.identity.id,
            actor: self.actor(commitment.armed_actor),
            issue: commitment.issue,
            action: commitment.action,
            terms: commitment.terms.clone(),
            status: commitment.status.0,
            window: commitment.window(),
            places: self.places(&commitment.places),
            engagement: commitment.engagement.map(|to| to.0),
        }
    }
}
