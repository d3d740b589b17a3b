//! What is wrong with a bundle: every fault, each with its place, its code and what would be right.

use concord_app::{Error, bundles};
use concord_domain::{fault::Fault, replay::replay};
use concord_tests::{Database, Registry};
use serde_json::{Value, json};

mod codes;
mod values;

/// A sound bundle in which every kind of thing stands once, and whatever can refer does.
fn sound() -> Value {
    json!({
        "format": "concord.bundle/1",
        "operation": {"key": "demo", "name": "Demonstration"},
        "places": [
            {"key": "unity", "name": "Unity", "level": 1},
            {"key": "leer", "name": "Leer", "parent": "unity"},
        ],
        "mechanisms": [{"key": "awg", "name": "AWG", "kind": "access_working_group"}],
        "organizations": [
            {"key": "a", "name": "A", "kind": "ingo", "mechanisms": ["awg"]},
            {"key": "b", "name": "B", "kind": "ingo"},
        ],
        "armed_actors": [
            {"key": "group", "name": "The Group", "kind": "militia"},
            {"key": "north", "name": "North", "kind": "militia", "parent": "group"},
        ],
        "leads": [{"key": "l", "armed_actor": "group", "organization": "a", "mechanism": "awg",
                   "from": "2026-01-01", "until": "2026-12-31"}],
        "common_positions": [{"key": "p", "title": "No fees", "issue": "access",
                              "excludes_terms": {"publicity": ["public"], "notice_hours": [72]},
                              "refuses_demands": ["fee"]}],
        "commitments": [{"key": "c", "armed_actor": "group", "kind": "written_agreement",
                         "issue": "access.movement.checkpoints", "action": "allow_passage",
                         "terms": {"notice_hours": 24}, "engagement": "e"}],
        "engagements": [
            {"key": "e", "organization": "a", "partners": ["b"], "armed_actor": "north",
             "level": "tactical", "method": "negotiation", "status": "ongoing",
             "from": "2026-02-01", "until": "2026-03-01", "places": ["leer"], "follows": ["f"],
             "via": {"kind": "community_leader"},
             "asks": [{"key": "k", "issue": "access.movement.checkpoints",
                       "action": "allow_passage", "terms": {"notice_hours": 48}}],
             "demands": [{"key": "d", "kind": "fee", "response": "declined"}],
             "contacts": [{"on": "2026-02-03"}]},
            {"key": "f", "organization": "b", "armed_actor": "group", "level": "strategic",
             "method": "negotiation", "status": "planned", "from": "2026-02-01"},
        ],
    })
}

/// The sound bundle with a value put at a place, or, for none, the member there taken away.
fn with(changes: &[(&str, Option<Value>)]) -> Value {
    let mut bundle = sound();
    for (pointer, value) in changes {
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        let parent = bundle.pointer_mut(parent).expect("the parent is there");
        match (parent, value) {
            (Value::Object(members), Some(value)) => {
                members.insert(member.to_owned(), value.clone());
            }
            (Value::Object(members), None) => {
                assert!(members.remove(member).is_some(), "{pointer}");
            }
            (Value::Array(items), Some(value)) if member == "-" => items.push(value.clone()),
            (Value::Array(items), Some(value)) => {
                items[member.parse::<usize>().expect("a place")] = value.clone();
            }
            _ => panic!("{pointer}"),
        }
    }
    bundle
}

fn told(faults: &[Fault]) -> Vec<(String, String)> {
    faults.iter().map(|fault| (fault.pointer.clone(), fault.code.code().to_owned())).collect()
}

fn faults_of_import(registry: &Registry, bundle: &Value) -> Vec<Fault> {
    let defaults = bundles::Defaults::default();
    match bundles::import_as_server(&registry.app, bundle, defaults, false) {
        Err(Error::Invalid(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

/// Fails unless a replay, an import that makes the operation, and one into where it stands refuse
/// the bundle for exactly these faults, and the registry is as it was.
fn refuses(bundle: &Value, expected: &[(&str, &str)], offered: Option<&str>) {
    let owned = |(pointer, code): &(&str, &str)| ((*pointer).to_owned(), (*code).to_owned());
    let expected: Vec<(String, String)> = expected.iter().map(owned).collect();
    let faults = replay(bundle).expect_err("it is refused");
    assert_eq!(told(&faults), expected, "{faults:#?}");
    for fault in &faults {
        assert!(!fault.detail.is_empty() && !fault.detail.contains('\n'), "{fault:?}");
        if let Some(offered) = offered {
            let offers = fault.detail.contains(&format!("`{offered}`"));
            assert!(offers, "{} does not offer {offered}", fault.detail);
        }
    }
    thread_local! {
        static EMPTY: Registry = Registry::on(Database::Sqlite);
        static STANDING: Registry = Registry::with(Database::Sqlite, &sound());
    }
    EMPTY.with(|registry| {
        assert_eq!(told(&faults_of_import(registry, bundle)), expected);
        assert!(bundles::export_as_server(&registry.app, "demo").is_err());
    });
    STANDING.with(|registry| {
        let before = registry.export("demo");
        // What stands already need not be told again.
        if !expected.iter().any(|(_, code)| code == "missing" || code == "unknown_reference") {
            assert_eq!(told(&faults_of_import(registry, bundle)), expected);
        }
        assert_eq!(registry.export("demo"), before);
    });
}

#[test]
fn the_sound_bundle_is_sound() {
    replay(&sound()).expect("sound");
    Registry::with(Database::Sqlite, &sound()).verify();
}

#[test]
fn several_faults_are_told_at_once_in_the_order_of_their_place() {
    let bundle = with(&[
        ("/armed_actors/0/parent", Some(json!("north"))),
        ("/commitments/0/action", Some(json!("allow_pasage"))),
        ("/engagements/0/asks/0/terms/deadline", Some(json!("2026-03-01"))),
        ("/engagements/0/demands/0/kind", None),
        ("/engagements/1/until", Some(json!("2026-01-01"))),
        ("/places/1/name", Some(json!(7))),
        ("/operation/nme", Some(json!("x"))),
    ]);
    refuses(
        &bundle,
        &[
            ("/armed_actors/0/parent", "cycle"),
            ("/armed_actors/1/parent", "cycle"),
            ("/commitments/0/action", "unknown_code"),
            ("/engagements/0/asks/0/terms/deadline", "term_not_taken"),
            ("/engagements/0/demands/0/kind", "missing"),
            ("/engagements/1/until", "reversed_window"),
            ("/operation/nme", "unknown_member"),
            ("/places/1/name", "wrong_type"),
        ],
        None,
    );
}

#[test]
fn a_tree_that_is_too_deep_is_told_at_the_places_that_are_too_deep() {
    let registry = Registry::on(Database::Sqlite);
    let mut bundle = sound();
    // The deepest stands first, so that places are taken in in another order than they stand in.
    let place = |n: usize| match n {
        0 => json!({"key": "p0", "name": "P"}),
        _ => json!({"key": format!("p{n}"), "name": "P", "parent": format!("p{}", n - 1)}),
    };
    let places = bundle["places"].as_array_mut().expect("a list");
    places.extend((0..40).rev().map(place));
    let faults = faults_of_import(&registry, &bundle);
    let place = |fault: &Fault| fault.pointer.split('/').nth(2).and_then(|n| n.parse().ok());
    let indexes: Vec<usize> = faults.iter().filter_map(place).collect();
    // At most 12 steps below the root: the first that is too deep is `p13`, counted from the end.
    assert_eq!(indexes.iter().max(), Some(&(2 + 39 - 13)), "{faults:#?}");
    assert!(faults.iter().all(|fault| fault.pointer.starts_with("/places/")), "{faults:#?}");
}

#[test]
fn a_chain_of_many_places_is_read_in_time() {
    let place = |n: usize| match n {
        0 => json!({"key": "p0", "name": "P"}),
        _ => json!({"key": format!("p{n}"), "name": "P", "parent": format!("p{}", n - 1)}),
    };
    let mut bundle = sound();
    bundle["places"].as_array_mut().expect("a list").extend((0..20_000).map(place));
    let registry = Registry::on(Database::Sqlite);
    assert!(!faults_of_import(&registry, &bundle).is_empty());
}
