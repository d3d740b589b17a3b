//! Evaluates a bundle in memory.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bundle::{self, Bundle, Standing},
    document,
    evaluate::{Focus, evaluate},
    facts::{Agreements, Context, Facts},
    fault::Fault,
    flag::{Flag, Subject},
    id::{ArmedActorId, EngagementId, Kind, MechanismId, OrganizationId, PlaceId},
    language::Language,
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
            let because: Vec<String> = flag
                .because
                .iter()
                .map(|reason| reason.sentence(&names, Language::English))
                .collect();
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

/// What the rules read of a bundle.
#[must_use]
pub fn facts_of(bundle: &Bundle) -> Facts {
    let places = bundle.places.iter().map(|p| (p.identity.id.0, p.parent.map(|to| to.0.0)));
    let actors = bundle.armed_actors.iter().map(|a| (a.identity.id.0, a.parent.map(|to| to.0.0)));
    let of_kind = |organization: &document::Organization| {
        (organization.identity.id, organization.kind.is_community_led())
    };
    let context = Context {
        places: typed(lineages(places)),
        actors: typed(lineages(actors)),
        community_led: bundle.organizations.iter().map(of_kind).collect(),
    };
    let mut facts = Facts {
        slack_days: bundle.operation.slack_days.0,
        as_of: bundle.as_of,
        ..Facts::default()
    };
    facts.add(
        &context,
        &bundle.engagements,
        Agreements {
            leads: &bundle.leads,
            positions: &bundle.common_positions,
            commitments: &bundle.commitments,
        },
    );
    facts
}

fn typed<T: From<Uuid> + Eq + std::hash::Hash>(
    lineages: HashMap<Uuid, Lineage>,
) -> HashMap<T, Lineage> {
    lineages.into_iter().map(|(id, lineage)| (id.into(), lineage)).collect()
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
