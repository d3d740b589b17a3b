//! Writing bundles, and describing them for others.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bundle, FORMAT, THINGS_MAX};
use crate::{
    document::{
        ArmedActor, Commitment, CommonPosition, Engagement, Form, Lead, Mechanism, Member,
        Operation, Organization, Place, ProtectionRisk, Schemas, Strategy, Writer,
    },
    id::Kind,
};

impl Bundle {
    /// The bundle as JSON. References that `name` does not know are left out.
    #[must_use]
    pub fn write(&self, name: &dyn Fn(Kind, Uuid) -> Option<String>) -> Value {
        let writer = Writer::new(name, Form::Bundle);
        fn list<T: Member>(things: &[T], writer: &Writer<'_>) -> Value {
            things.iter().map(|thing| thing.write(writer)).collect()
        }
        let mut bundle = json!({
            "format": FORMAT,
            "operation": self.operation.write(&writer),
            "places": list(&self.places, &writer),
            "mechanisms": list(&self.mechanisms, &writer),
            "organizations": list(&self.organizations, &writer),
            "armed_actors": list(&self.armed_actors, &writer),
            "leads": list(&self.leads, &writer),
            "common_positions": list(&self.common_positions, &writer),
            "protection_risks": list(&self.protection_risks, &writer),
            "strategies": list(&self.strategies, &writer),
            "commitments": list(&self.commitments, &writer),
            "engagements": list(&self.engagements, &writer),
        });
        if let Some(day) = self.as_of {
            bundle["as_of"] = day.to_string().into();
        }
        bundle
    }

    /// What every thing in the bundle is called, by kind and id.
    #[must_use]
    pub fn keys(&self) -> HashMap<(Kind, Uuid), String> {
        let mut keys = HashMap::new();
        macro_rules! collect {
            ($($kind:ident: $list:expr),*) => {$(
                for thing in $list {
                    let key = thing.identity.key.as_str().to_owned();
                    keys.insert((Kind::$kind, thing.identity.id.0), key);
                }
            )*};
        }
        collect! {
            Place: &self.places, Mechanism: &self.mechanisms, Organization: &self.organizations,
            ArmedActor: &self.armed_actors, Lead: &self.leads,
            CommonPosition: &self.common_positions, ProtectionRisk: &self.protection_risks,
            Strategy: &self.strategies, Commitment: &self.commitments,
            Engagement: &self.engagements,
            Ask: self.engagements.iter().flat_map(|e| &e.asks),
            Demand: self.engagements.iter().flat_map(|e| &e.demands)
        }
        keys
    }
}

/// The JSON Schema of a bundle.
#[must_use]
pub fn schema() -> Value {
    let mut schemas = Schemas::new(Form::Bundle, "#/$defs/");
    let operation = Operation::schema(&mut schemas);
    let passed_over = json!({"description": "Of a scenario; passed over."});
    let mut properties: BTreeMap<&str, Value> = BTreeMap::from([
        ("format", json!({"const": FORMAT})),
        ("as_of", json!({"type": ["string", "null"], "format": "date"})),
        ("operation", operation),
        ("title", passed_over.clone()),
        ("expect", passed_over),
    ]);
    let items = [
        ("places", Place::schema(&mut schemas)),
        ("mechanisms", Mechanism::schema(&mut schemas)),
        ("organizations", Organization::schema(&mut schemas)),
        ("armed_actors", ArmedActor::schema(&mut schemas)),
        ("leads", Lead::schema(&mut schemas)),
        ("common_positions", CommonPosition::schema(&mut schemas)),
        ("protection_risks", ProtectionRisk::schema(&mut schemas)),
        ("strategies", Strategy::schema(&mut schemas)),
        ("commitments", Commitment::schema(&mut schemas)),
        ("engagements", Engagement::schema(&mut schemas)),
    ];
    for (list, item) in items {
        properties.insert(
            list,
            json!({"type": ["array", "null"], "items": item, "maxItems": THINGS_MAX}),
        );
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Concord bundle",
        "description": "One operation in one document: its places, organisations, armed actors, \
                        engagements and agreements. Null is the same as left out.",
        "type": "object",
        "properties": properties,
        "required": ["format", "operation"],
        "additionalProperties": false,
        "$defs": schemas.into_definitions(),
    })
}
