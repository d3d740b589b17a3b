//! Evaluates a bundle in memory.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bundle::{self, Bundle, Standing},
    document,
    evaluate::{Focus, evaluate},
    facts::{self, Actor, Facts, Intermediary, Places},
    fault::Fault,
    flag::{Flag, Subject},
    id::{ArmedActorId, EngagementId, Kind, MechanismId, OrganizationId, PlaceId},
    lineage::Lineage,
    reason::Names,
    vocabulary::Closed,
};

/// Nothing stands already; ids count up, so that every run is the same.
#[derive(Default)]
struct Nothing(u128);

impl Standing for Nothing {
    fn fresh(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// The flags that a bundle raises, as `{"flags": […]}` in the order of kind and subjects.
///
/// # Errors
/// All that is wrong with the bundle.
pub fn replay(value: &Value) -> Result<Value, Vec<Fault>> {
    let bundle = bundle::read(value, &mut Nothing::default(), None)?;
    let facts = facts_of(&bundle);
    let keys = bundle.keys();
    let names = BundleNames::new(&bundle);
    let mut flags: Vec<(&str, Vec<String>, Value)> = evaluate(&facts, &Focus::everything())
        .into_iter()
        .map(|flag| {
            let between = between(&flag, &keys);
            let because: Vec<String> =
                flag.because.iter().map(|reason| reason.sentence(&names)).collect();
            let shown = json!({
                "kind": flag.kind.code(),
                "class": flag.class.code(),
                "severity": flag.severity.code(),
                "between": between,
                "because": because,
            });
            (flag.kind.code(), between, shown)
        })
        .collect();
    flags.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let flags: Vec<Value> = flags.into_iter().map(|(.., shown)| shown).collect();
    Ok(json!({ "flags": flags }))
}

fn between(flag: &Flag, keys: &HashMap<(Kind, Uuid), String>) -> Vec<String> {
    let key = |kind, id| keys.get(&(kind, id)).cloned().unwrap_or_default();
    let name = |subject: &Subject| match *subject {
        Subject::Ask(id, _) => key(Kind::Ask, id.0),
        Subject::Demand(id, _) => key(Kind::Demand, id.0),
        Subject::Engagement(id) => key(Kind::Engagement, id.0),
        Subject::Lead(id) => key(Kind::Lead, id.0),
        Subject::CommonPosition(id) => key(Kind::CommonPosition, id.0),
        Subject::Commitment(id) => key(Kind::Commitment, id.0),
        Subject::Actor(id) => key(Kind::ArmedActor, id.0),
        Subject::Level(level) => level.code().to_owned(),
    };
    let mut names: Vec<String> = flag.between.iter().map(name).collect();
    names.sort_unstable();
    names
}

/// Where each thing stands in its tree. The bundle has no cycle.
fn lineages(parents: impl Iterator<Item = (Uuid, Option<Uuid>)>) -> HashMap<Uuid, Lineage> {
    let parents: BTreeMap<Uuid, Option<Uuid>> = parents.collect();
    let segment = |id: Uuid| format!("{:x}", id.as_u128());
    let lineage = |id: Uuid| {
        let mut path = vec![segment(id)];
        let mut above = parents.get(&id).copied().flatten();
        while let Some(ancestor) = above {
            path.push(segment(ancestor));
            above = parents.get(&ancestor).copied().flatten();
        }
        path.reverse();
        Lineage::new(path.join("."))
    };
    parents.keys().map(|id| (*id, lineage(*id))).collect()
}

/// What turns documents into facts: where things stand in their trees.
struct Trees {
    places: HashMap<Uuid, Lineage>,
    actors: HashMap<Uuid, Lineage>,
}

impl Trees {
    fn actor(&self, to: document::To<ArmedActorId>) -> Actor {
        let lineage = self.actors.get(&to.0.0).cloned();
        Actor { id: to.0, lineage: lineage.unwrap_or_else(|| Lineage::new("")) }
    }

    fn places(&self, of: &[document::To<PlaceId>]) -> Places {
        let place = |to: &document::To<PlaceId>| Some((to.0, self.places.get(&to.0.0)?.clone()));
        Places(of.iter().filter_map(place).collect())
    }

    /// The places of an ask or a demand: its engagement's, if it has none of its own.
    fn places_of_part(&self, own: &[document::To<PlaceId>], whole: &Places) -> Places {
        if own.is_empty() { whole.clone() } else { self.places(own) }
    }
}

/// What the rules read of a bundle.
#[must_use]
pub fn facts_of(bundle: &Bundle) -> Facts {
    let places = bundle.places.iter().map(|p| (p.identity.id.0, p.parent.map(|to| to.0.0)));
    let actors = bundle.armed_actors.iter().map(|a| (a.identity.id.0, a.parent.map(|to| to.0.0)));
    let trees = Trees { places: lineages(places), actors: lineages(actors) };
    let community_led: HashMap<OrganizationId, bool> = bundle
        .organizations
        .iter()
        .map(|organization| (organization.identity.id, organization.kind.is_community_led()))
        .collect();
    let is_community_led = |id| community_led.get(&id).copied().unwrap_or_default();
    let engagements = bundle.engagements.iter().map(|engagement| {
        let community_led = is_community_led(engagement.organization.0);
        (engagement.identity.id, engagement_facts(engagement, community_led, &trees))
    });
    Facts {
        slack_days: bundle.operation.slack_days.0,
        as_of: bundle.as_of,
        engagements: engagements.collect(),
        leads: bundle.leads.iter().map(|l| (l.identity.id, lead_facts(l, &trees))).collect(),
        positions: bundle
            .common_positions
            .iter()
            .map(|position| (position.identity.id, position_facts(position, &trees)))
            .collect(),
        commitments: bundle
            .commitments
            .iter()
            .map(|commitment| (commitment.identity.id, commitment_facts(commitment, &trees)))
            .collect(),
    }
}

fn engagement_facts(
    engagement: &document::Engagement,
    community_led: bool,
    trees: &Trees,
) -> facts::Engagement {
    let places = trees.places(&engagement.places);
    let asks = engagement.asks.iter().map(|ask| facts::Ask {
        id: ask.identity.id,
        issue: ask.issue,
        action: ask.action,
        terms: ask.terms.clone(),
        offer: ask.offer,
        status: ask.status.0,
        window: engagement.window_of_part(ask.from, ask.until),
        places: trees.places_of_part(&ask.places, &places),
    });
    let demands = engagement.demands.iter().map(|demand| facts::Demand {
        id: demand.identity.id,
        kind: demand.kind,
        response: demand.response,
        window: engagement.window_of_part(demand.from, demand.until),
        places: trees.places_of_part(&demand.places, &places),
    });
    facts::Engagement {
        id: engagement.identity.id,
        organization: engagement.organization.0,
        community_led,
        partners: document::ids(&engagement.partners),
        actor: trees.actor(engagement.armed_actor),
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
        asks: asks.collect(),
        demands: demands.collect(),
        contacts: engagement.contacts.iter().map(|contact| contact.on).collect(),
        places,
    }
}

fn lead_facts(lead: &document::Lead, trees: &Trees) -> facts::Lead {
    facts::Lead {
        id: lead.identity.id,
        actor: trees.actor(lead.armed_actor),
        organization: lead.organization.0,
        mechanism: lead.mechanism.map(|to| to.0),
        level: lead.level.map(|level| level.0),
        issue: lead.issue,
        window: lead.window(),
        places: trees.places(&lead.places),
    }
}

fn position_facts(position: &document::CommonPosition, trees: &Trees) -> facts::CommonPosition {
    facts::CommonPosition {
        id: position.identity.id,
        issue: position.issue,
        actor: position.armed_actor.map(|to| trees.actor(to)),
        excludes_actions: position.excludes_actions.clone(),
        excludes_offers: position.excludes_offers.clone(),
        excludes_terms: position.excludes_terms.clone(),
        refuses_demands: position.refuses_demands.clone(),
        window: position.window(),
        places: trees.places(&position.places),
    }
}

fn commitment_facts(commitment: &document::Commitment, trees: &Trees) -> facts::Commitment {
    facts::Commitment {
        id: commitment.identity.id,
        actor: trees.actor(commitment.armed_actor),
        issue: commitment.issue,
        action: commitment.action,
        terms: commitment.terms.clone(),
        status: commitment.status.0,
        window: commitment.window(),
        places: trees.places(&commitment.places),
        engagement: commitment.engagement.map(|to| to.0),
    }
}

/// What things are called in a bundle.
struct BundleNames(HashMap<(Kind, Uuid), String>);

impl BundleNames {
    fn new(bundle: &Bundle) -> Self {
        let mut names = bundle.keys();
        let mut call = |kind, id, name: &document::Line| {
            names.insert((kind, id), name.as_str().to_owned());
        };
        for place in &bundle.places {
            call(Kind::Place, place.identity.id.0, &place.name);
        }
        for mechanism in &bundle.mechanisms {
            call(Kind::Mechanism, mechanism.identity.id.0, &mechanism.name);
        }
        for organization in &bundle.organizations {
            call(Kind::Organization, organization.identity.id.0, &organization.name);
        }
        for actor in &bundle.armed_actors {
            call(Kind::ArmedActor, actor.identity.id.0, &actor.name);
        }
        Self(names)
    }

    fn name(&self, kind: Kind, id: Uuid) -> String {
        self.0.get(&(kind, id)).cloned().unwrap_or_default()
    }
}

impl Names for BundleNames {
    fn actor(&self, id: ArmedActorId) -> String {
        self.name(Kind::ArmedActor, id.0)
    }
    fn place(&self, id: PlaceId) -> String {
        self.name(Kind::Place, id.0)
    }
    fn organization(&self, id: OrganizationId) -> String {
        self.name(Kind::Organization, id.0)
    }
    fn mechanism(&self, id: MechanismId) -> String {
        self.name(Kind::Mechanism, id.0)
    }
    fn engagement(&self, id: EngagementId) -> String {
        self.name(Kind::Engagement, id.0)
    }
}
