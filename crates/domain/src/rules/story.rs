//! The language in which rules are tested: a small register, and what is logged in it.

use serde_json::{Value, json};

use crate::replay;

/// Something that is logged, on its way into a bundle.
#[derive(Clone)]
pub struct Thing {
    list: &'static str,
    value: Value,
    as_of: Option<String>,
}

impl Thing {
    /// The same with a member set.
    pub fn with(&self, member: &str, value: impl Into<Story>) -> Self {
        let mut thing = self.clone();
        thing.value[member] = value.into().0;
        thing
    }

    /// The same with a term.
    pub fn term(&self, term: &str, value: impl Into<Value>) -> Self {
        let mut thing = self.clone();
        thing.value["terms"][term] = value.into();
        thing
    }

    /// The same with demands.
    pub fn demands<const N: usize>(&self, demands: [Thing; N]) -> Self {
        self.with("demands", Value::from(demands.map(|demand| demand.value).to_vec()))
    }

    /// The same, evaluated as of a day.
    pub fn as_of(&self, day: &str) -> Self {
        Self { as_of: Some(day.to_owned()), ..self.clone() }
    }
}

/// A value of a member.
pub struct Story(Value);

impl From<&str> for Story {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}
impl From<Value> for Story {
    fn from(value: Value) -> Self {
        Self(value)
    }
}
impl<const N: usize> From<[&str; N]> for Story {
    fn from(list: [&str; N]) -> Self {
        Self(list.to_vec().into())
    }
}

/// A lead, a position or a commitment towards the group.
pub fn thing(list: &'static str, key: &str) -> Thing {
    let value = match list {
        "commitments" => json!({"key": key, "armed_actor": "tg", "kind": "written_agreement"}),
        "common_positions" => json!({"key": key, "title": "A position"}),
        _ => json!({"key": key}),
    };
    Thing { list, value, as_of: None }
}

/// An open ask.
pub fn ask(key: &str, issue: &str, action: &str) -> Thing {
    let value = json!({"key": key, "issue": issue, "action": action});
    Thing { list: "asks", value, as_of: None }
}

/// A demand.
pub fn demand(key: &str, kind: &str, response: &str) -> Thing {
    let value = json!({"key": key, "kind": kind, "response": response});
    Thing { list: "demands", value, as_of: None }
}

/// A line with the group at tactical level, from 1 February on, in quiet.
pub fn line<const N: usize>(key: &str, organization: &str, asks: [Thing; N]) -> Thing {
    let asks: Vec<Value> = asks.into_iter().map(|ask| ask.value).collect();
    let value = json!({
        "key": key, "organization": organization, "armed_actor": "tg", "level": "tactical",
        "method": "negotiation", "status": "ongoing", "from": "2026-02-01", "asks": asks,
    });
    Thing { list: "engagements", value, as_of: None }
}

/// The flags that the things raise, each as its kind, its severity and what it is between.
pub fn flags<'t>(things: impl IntoIterator<Item = &'t Thing>) -> Vec<String> {
    let organization = |key: &str, kind: &str| json!({"key": key, "name": key, "kind": kind});
    let actor = |key: &str, parent: Option<&str>| json!({"key": key, "name": key, "kind": "non_state_armed_group", "parent": parent});
    let mut bundle = json!({
        "format": "concord.bundle/1",
        "operation": {"key": "story", "name": "A story"},
        "places": [
            {"key": "unity", "name": "Unity", "level": 1},
            {"key": "leer", "name": "Leer", "level": 2, "parent": "unity"},
            {"key": "koch", "name": "Koch", "level": 2, "parent": "unity"},
        ],
        "mechanisms": [
            {"key": "awg", "name": "AWG", "kind": "access_working_group"},
            {"key": "poc", "name": "PoC", "kind": "protection_of_civilians_group"},
        ],
        "organizations": [
            organization("ingo-a", "ingo"), organization("ingo-b", "ingo"),
            organization("un-a", "un_agency"), organization("elders", "community"),
            organization("women", "womens_group"),
        ],
        "armed_actors": [actor("tg", None), actor("tg-unit", Some("tg"))],
        "leads": [], "common_positions": [], "commitments": [], "engagements": [],
    });
    for thing in things {
        if let Some(list) = bundle[thing.list].as_array_mut() {
            list.push(thing.value.clone());
        }
        if let Some(day) = &thing.as_of {
            bundle["as_of"] = day.clone().into();
        }
    }
    let replayed = replay::replay(&bundle).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let line = |flag: &Value| {
        let between: Vec<&str> =
            flag["between"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let text = |member: &str| flag[member].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", text("kind"), text("severity"), between.join(" "))
    };
    replayed["flags"].as_array().into_iter().flatten().map(line).collect()
}

/// Those of one kind.
pub fn flags_of<'t>(kind: &str, things: impl IntoIterator<Item = &'t Thing>) -> Vec<String> {
    flags(things).into_iter().filter(|flag| flag.starts_with(kind)).collect()
}
