//! Bundles in and out: nothing is lost, nothing changes twice, and the flags are those of a
//! replay.

use std::collections::BTreeSet;

use concord_app::{bundles, samples::SAMPLES};
use concord_domain::{
    replay::replay,
    vocabulary::{Closed, FlagKind},
};
use concord_tests::{Registry, held::told, json_files, on_each_database, small_world};
use serde_json::{Map, Value, json};

/// The bundles of the public record, and the samples, by name.
fn all_bundles(registry: &Registry) -> Vec<(String, Value)> {
    let recorded = json_files("bundles");
    assert_eq!(recorded.len(), 10);
    let shipped = SAMPLES.into_iter().map(|sample| {
        let mut bundle = sample.bundle(registry.app.today()).expect("a sound sample");
        let name = format!("shipped-{}", sample.name);
        bundle["operation"]["key"] = json!(name);
        (name, bundle)
    });
    let key = |bundle: &Value| bundle["operation"]["key"].as_str().expect("a key").to_owned();
    recorded.into_iter().map(|(_, bundle)| (key(&bundle), bundle)).chain(shipped).collect()
}

/// A bundle with what may be left out left out, what has a default filled in, and its lists in the
/// order of their keys, so that two that say the same are the same.
fn normalized(bundle: &Value) -> Value {
    let mut bundle = bundle.clone();
    let members = bundle.as_object_mut().expect("an object");
    for beside in ["as_of", "title", "expect"] {
        members.remove(beside);
    }
    fill(&mut members["operation"], "slack_days", json!(14));
    for (list, things) in members.iter_mut().filter(|(_, value)| value.is_array()) {
        let things = things.as_array_mut().expect("a list");
        for thing in &mut *things {
            match list.as_str() {
                "engagements" => {
                    fill(thing, "audience", json!("operation"));
                    fill(thing, "disclosure", json!("match"));
                    for ask in thing["asks"].as_array_mut().into_iter().flatten() {
                        fill(ask, "offer", json!("none"));
                        fill(ask, "status", json!("open"));
                    }
                    if let Some(via) = thing.get_mut("via").filter(|via| via.is_object()) {
                        fill(via, "consent", json!(false));
                        fill(via, "risk_assessed", json!(false));
                    }
                }
                "commitments" => {
                    fill(thing, "status", json!("in_force"));
                    if thing["engagement"].is_null() {
                        fill(thing, "audience", json!("operation"));
                        fill(thing, "disclosure", json!("match"));
                    }
                }
                _ => {}
            }
        }
        things.sort_by_key(|thing| thing["key"].as_str().expect("a key").to_owned());
    }
    without_empty(&bundle)
}

fn fill(thing: &mut Value, member: &str, value: Value) {
    if thing[member].is_null() {
        thing[member] = value;
    }
}

fn without_empty(value: &Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(_) | Value::Bool(_) => false,
    };
    match value {
        Value::Array(items) => items.iter().map(without_empty).collect(),
        Value::Object(members) => {
            let kept = members.iter().map(|(name, value)| (name.clone(), without_empty(value)));
            Value::Object(kept.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Where two values differ, as pointers with both values.
fn differences(before: &Value, after: &Value, at: &str, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                differences(
                    &before[name.as_str()],
                    &after[name.as_str()],
                    &format!("{at}/{name}"),
                    found,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{at}/{index}"), found);
            }
        }
        _ if before == after => {}
        _ => found.push(format!("{at}: {before} became {after}")),
    }
}

#[test]
fn what_is_imported_is_exported_without_loss_and_raises_the_same() {
    on_each_database(|registry: &Registry| {
        for (name, bundle) in all_bundles(registry) {
            registry.import(&bundle);
            let exported = registry.export(&name);
            let mut found = Vec::new();
            differences(&normalized(&bundle), &normalized(&exported), "", &mut found);
            assert_eq!(found, [""; 0], "{name}");
            let flags = |bundle: &Value| replay(bundle).map(|flags| told(&flags["flags"]));
            assert_eq!(flags(&exported), flags(&bundle), "{name}");
            registry.holds_what_replay_tells(&name);
        }
        registry.verify();
    });
}

#[test]
fn importing_the_same_again_changes_nothing() {
    on_each_database(|registry: &Registry| {
        for (name, bundle) in all_bundles(registry) {
            let first = registry.import(&bundle);
            assert_eq!((first.changed, first.unchanged), (0, 0), "{name}");
            let exported = registry.export(&name);
            for again in [&bundle, &exported] {
                let done = registry.import(again);
                assert_eq!((done.created, done.changed), (0, 0), "{name}");
                assert_eq!(done.unchanged, first.created, "{name}");
            }
            assert_eq!(registry.export(&name), exported, "{name}");
        }
    });
}

#[test]
fn an_export_goes_into_another_registry_without_loss() {
    let other = Registry::on(concord_tests::Database::Sqlite);
    on_each_database(|registry: &Registry| {
        for (name, bundle) in all_bundles(registry) {
            registry.import(&bundle);
            let exported = registry.export(&name);
            other.import(&exported);
            assert_eq!(normalized(&other.export(&name)), normalized(&exported), "{name}");
        }
    });
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    on_each_database(|registry: &Registry| {
        let bundle = &json_files("bundles")[1].1;
        let key = bundle["operation"]["key"].as_str().expect("a key");
        let defaults = bundles::Defaults::default();
        let tried = bundles::import_as_server(&registry.app, bundle, defaults, true);
        let tried = tried.expect("a dry run");
        assert!(bundles::export_as_server(&registry.app, key).is_err(), "nothing is there");
        assert_eq!(registry.import(bundle), tried);
        let exported = registry.export(key);
        let mut changed = bundle.clone();
        changed["engagements"][0]["level"] = json!("community");
        let tried = bundles::import_as_server(&registry.app, &changed, defaults, true);
        assert_eq!(tried.expect("a dry run").changed, 1);
        assert_eq!(registry.export(key), exported);
    });
}

#[test]
fn an_import_is_all_or_nothing() {
    on_each_database(|registry: &Registry| {
        let refused = |bundle: &Value| {
            let defaults = bundles::Defaults::default();
            bundles::import_as_server(&registry.app, bundle, defaults, false).is_err()
        };
        let mut wrong = small_world();
        wrong["commitments"] = json!([{
            "key": "c", "armed_actor": "group", "kind": "written_agreement", "issue": "access",
            "action": "stop", "audience": "mechanisms",
        }]);
        assert!(refused(&wrong));
        assert!(bundles::export_as_server(&registry.app, "demo").is_err(), "nothing is there");
        registry.import(&small_world());
        let exported = registry.export("demo");
        assert!(refused(&wrong));
        let mut deep = small_world();
        let actor = |n: usize| {
            json!({
                "key": format!("u{n}"), "name": "A unit", "kind": "militia",
                "parent": if n == 0 { "group".to_owned() } else { format!("u{}", n - 1) },
            })
        };
        deep["armed_actors"] = (0..60).map(actor).collect();
        assert!(refused(&deep));
        assert_eq!(registry.export("demo"), exported);
    });
}

#[test]
fn a_member_that_is_there_replaces_and_one_that_is_absent_or_null_stays() {
    on_each_database(|registry: &Registry| {
        let bundle = &json_files("bundles")[1].1;
        registry.import(bundle);
        let key = bundle["operation"]["key"].as_str().expect("a key");
        let before = registry.export(key);
        let index = |bundle: &Value, key: &Value| {
            let list = bundle["engagements"].as_array().expect("a list");
            list.iter().position(|line| line["key"] == *key).expect("it is there")
        };
        let line = &bundle["engagements"][0];
        let part = json!({
            "format": "concord.bundle/1", "operation": bundle["operation"],
            "engagements": [{
                "key": line["key"], "organization": line["organization"],
                "informed": [], "summary": null, "level": "operational",
            }],
        });
        assert_eq!(registry.import(&part).changed, 1);
        let after = registry.export(key);
        let mut expected = before.clone();
        let place = index(&before, &line["key"]);
        expected["engagements"][place]["level"] = json!("operational");
        let members = expected["engagements"][place].as_object_mut().expect("an object");
        assert!(members.remove("informed").is_some() && members.contains_key("summary"));
        assert_eq!(after, expected);
        registry.holds_what_replay_tells(key);
    });
}

#[test]
fn the_exercise_raises_every_kind_of_flag_on_any_day() {
    let registry = Registry::on(concord_tests::Database::Sqlite);
    let exercise = concord_app::samples::Sample::named("exercise").expect("it is shipped");
    for day in ["2026-03-15", "2024-02-29", "2031-12-31"] {
        registry.set_day(day);
        let mut bundle = exercise.bundle(registry.app.today()).expect("a sound sample");
        assert!(!bundle.to_string().contains("\"@"), "a day was not dated");
        bundle["as_of"] = json!(day);
        let flags = replay(&bundle).expect("valid");
        let found: BTreeSet<String> =
            told(&flags["flags"]).into_iter().map(|told| told.0).collect();
        let all: BTreeSet<String> =
            FlagKind::ALL.iter().map(|kind| kind.code().to_owned()).collect();
        assert_eq!(found, all, "{day}");
    }
}

#[test]
fn the_exercise_raises_every_kind_of_flag_in_a_registry_and_again_after_a_restart_later() {
    on_each_database(|registry: &Registry| {
        let exercise = concord_app::samples::Sample::named("exercise").expect("it is shipped");
        let bundle = exercise.bundle(registry.app.today()).expect("a sound sample");
        let key = bundle["operation"]["key"].as_str().expect("a key").to_owned();
        registry.import(&bundle);
        registry.holds_what_replay_tells(&key);
        let held: BTreeSet<String> =
            registry.held(&key).into_iter().map(|(kind, ..)| kind).collect();
        let said = FlagKind::ALL.iter().map(|kind| kind.code()).filter(|kind| {
            // These two say what goes well, and are not held.
            !["reinforcing", "already_committed"].contains(kind)
        });
        assert_eq!(held, said.map(str::to_owned).collect());
        for days in [1, 6, 14, 30] {
            registry.pass_days(days);
            registry.bring_up_to_today(&key);
            registry.holds_what_replay_tells(&key);
        }
        registry.verify();
    });
}
