//! What each scenario expects: of a replay, and of a registry that takes it in and lets days pass.

use concord_domain::replay::replay;
use concord_tests::{
    Registry,
    held::{Told, told},
    json_files, on_each_database,
};
use serde_json::{Value, json};

fn scenarios() -> Vec<(String, Value)> {
    let found = json_files("scenarios");
    assert!(found.len() >= 48, "{} scenarios", found.len());
    found
}

#[test]
fn a_replay_finds_exactly_what_each_scenario_expects() {
    for (name, scenario) in scenarios() {
        let replayed = replay(&scenario).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        assert_eq!(told(&replayed["flags"]), told(&scenario["expect"]), "{name}");
    }
}

#[test]
fn a_replay_says_the_same_on_every_run_in_the_order_of_kind_and_subjects() {
    for (name, scenario) in scenarios() {
        let bytes = || replay(&scenario).map(|flags| flags.to_string());
        assert_eq!(bytes(), bytes(), "{name}");
        let flags = replay(&scenario).expect("valid");
        let flags = flags["flags"].as_array().expect("a list");
        let order = |flag: &Value| {
            let between = flag["between"].as_array().expect("a list").iter();
            let between: Vec<String> =
                between.map(|key| key.as_str().expect("a key").to_owned()).collect();
            assert!(between.is_sorted(), "{name}: {between:?}");
            (flag["kind"].as_str().expect("a kind").to_owned(), between)
        };
        assert!(flags.iter().map(order).is_sorted(), "{name}");
    }
}

#[test]
fn every_flag_of_a_replay_says_why() {
    for (name, scenario) in scenarios() {
        let flags = replay(&scenario).expect("valid");
        for flag in flags["flags"].as_array().into_iter().flatten() {
            let because = flag["because"].as_array().expect("a list");
            let said = |reason: &Value| reason.as_str().is_some_and(|text| text.len() > 5);
            assert!(!because.is_empty() && because.iter().all(said), "{name}: {flag}");
        }
    }
}

/// The scenario as an operation of its own.
fn operation(name: &str, scenario: &Value) -> Value {
    let mut bundle = scenario.clone();
    bundle["operation"]["key"] = json!(name);
    bundle
}

/// The day to take a scenario in: that as of which it is to be evaluated, else the first on which
/// all its contacts have happened, so that as little as may be is over or too old.
fn day_of(scenario: &Value) -> String {
    let engagements = scenario["engagements"].as_array().into_iter().flatten();
    let contacts = engagements.flat_map(|line| line["contacts"].as_array().into_iter().flatten());
    let last = contacts.filter_map(|contact| contact["on"].as_str()).max();
    let day = scenario["as_of"].as_str().or(last).unwrap_or("2026-02-10");
    day.to_owned()
}

/// The scenarios as operations of their own, in the order of the days to take them in.
fn by_day() -> Vec<(String, String, Value)> {
    let dated = |(name, scenario): (String, Value)| {
        let bundle = operation(&name, &scenario);
        (day_of(&scenario), name, bundle)
    };
    let mut all: Vec<_> = scenarios().into_iter().map(dated).collect();
    all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    all
}

#[test]
fn a_registry_holds_what_each_scenario_expects_and_what_a_replay_tells_as_days_pass() {
    on_each_database(|registry: &Registry| {
        let mut otherwise: Vec<String> = Vec::new();
        let all = by_day();
        for (day, name, bundle) in &all {
            registry.set_day(day);
            registry.import(bundle);
            registry.holds_what_replay_tells(name);
            let expected = told(&bundle["expect"]).into_iter();
            let expected: Vec<Told> =
                expected.filter(|(_, severity, _)| severity != "info").collect();
            if registry.held(name) != expected {
                assert!(bundle.get("as_of").is_none(), "{name}");
                otherwise.push(name.clone());
            }
        }
        // Without a day nothing is over; on a day some of it is.
        assert!(otherwise.len() <= all.len() / 8, "{otherwise:?}");
        for days in [1, 3, 7, 11, 30, 90, 365] {
            registry.pass_days(days);
            for (_, name, _) in &all {
                registry.bring_up_to_today(name);
                registry.holds_what_replay_tells(name);
            }
        }
        registry.verify();
    });
}

#[test]
fn a_registry_holds_what_a_replay_tells_when_a_scenario_comes_in_piece_by_piece() {
    on_each_database(|registry: &Registry| {
        for (day, name, whole) in by_day() {
            registry.set_day(&day);
            let mut part = whole.clone();
            let lists = ["leads", "common_positions", "commitments", "engagements"];
            for list in lists {
                part[list] = json!([]);
            }
            registry.import(&part);
            // Later engagements may be followed by earlier ones.
            for engagement in in_order_of_reference(&whole) {
                part["engagements"] = json!([engagement]);
                registry.import(&part);
            }
            part["engagements"] = json!([]);
            for list in &lists[..3] {
                for thing in whole[list].as_array().into_iter().flatten() {
                    part[list] = json!([thing]);
                    registry.import(&part);
                }
                part[list] = json!([]);
            }
            registry.holds_what_replay_tells(&name);
        }
        registry.verify();
    });
}

/// The engagements, each after those that it follows.
fn in_order_of_reference(bundle: &Value) -> Vec<Value> {
    let mut waiting: Vec<Value> = bundle["engagements"].as_array().cloned().unwrap_or_default();
    let mut ready: Vec<Value> = Vec::new();
    while !waiting.is_empty() {
        let before = ready.len();
        waiting.retain(|engagement| {
            let mut follows = engagement["follows"].as_array().into_iter().flatten();
            let known = follows.all(|key| ready.iter().any(|line| line["key"] == *key));
            if known {
                ready.push(engagement.clone());
            }
            !known
        });
        assert!(ready.len() > before, "a circle of followers");
    }
    ready
}
