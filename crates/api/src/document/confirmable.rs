//! Which bodies may say that their free texts hold nothing that is never stored.

use std::collections::BTreeMap;

use concord_app::guard;
use concord_domain::document::{
    ArmedActor, Commitment, CommonPosition, Document, Engagement, Intention, Lead, Mechanism,
    Organization, Place, ProtectionRisk, Strategy,
};
use serde_json::Value;

/// What is sent by itself may say that its free texts hold none of what was found in them. Parts
/// of an engagement or a commitment that are sent by themselves are therefore described apart
/// from the same parts within it.
pub fn mark(all: &mut BTreeMap<String, Value>) {
    const PARTS: [&str; 4] = ["Ask", "Contact", "Demand", "Verification"];
    for name in PARTS {
        if let Some(schema) = all.get(&format!("New{name}")).cloned() {
            all.insert(format!("Added{name}"), schema);
        }
    }
    let is_sent = |name: &str| match name.strip_prefix("New") {
        Some(part) => KINDS.contains(&part) || part == Intention::NAME,
        None => {
            let changed = name.strip_suffix("Change");
            name.starts_with("Added")
                || changed.is_some_and(|kind| KINDS.contains(&kind) || PARTS.contains(&kind))
        }
    };
    for schema in all.iter_mut().filter(|(name, _)| is_sent(name)).map(|(_, schema)| schema) {
        schema["properties"][guard::MEMBER] = guard::schema();
    }
}

/// The kinds of things that can be sent by themselves.
const KINDS: [&str; 10] = [
    Place::NAME,
    Mechanism::NAME,
    Organization::NAME,
    ArmedActor::NAME,
    Lead::NAME,
    CommonPosition::NAME,
    Commitment::NAME,
    Strategy::NAME,
    ProtectionRisk::NAME,
    Engagement::NAME,
];
