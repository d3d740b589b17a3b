//! The tree of armed actors: moving units and merging.

use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, is_fault, is_problem, logged, states, with};

/// The path of an armed actor.
fn actor(person: &Person<'_>, key: &str) -> String {
    let items = person.get("armed-actors").expect(200).body["items"].clone();
    let one = items.as_array().into_iter().flatten().find(|each| each["key"] == key).cloned();
    format!("armed-actors/{}", id_of(&one.expect("it is there")))
}

fn move_under(person: &Person<'_>, path: &str, parent: &Value) {
    let body = json!({ "parent": parent });
    person.post_matching(&format!("{path}/move"), "*", &body).expect(200);
}

fn merge(person: &Person<'_>, path: &str, into: &str) -> concord_tests::Answer {
    person.post_matching(&format!("{path}/merge"), "*", &json!({ "into": into }))
}

#[test]
fn moving_a_unit_changes_whom_its_lines_meet() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        let actors = world["armed_actors"].as_array_mut().expect("actors");
        actors.push(json!({"key": "other", "name": "The Others", "kind": "militia"}));
        actors.push(json!({"key": "post", "name": "Post", "kind": "militia", "parent": "north"}));
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        logged(&a, &line("a", "post", &asks(&["open_route"])));
        logged(&b, &line("b", "group", &asks(&["close_route"])));
        assert_eq!(states(&a), ["contradiction critical open"]);
        let lead = json!({"armed_actor": "other", "organization": "c"});
        super::made(&desk, "leads", &lead);
        let north = actor(&desk, "north");
        is_problem(
            &a.post_matching(&format!("{north}/move"), "*", &json!({"parent": null})),
            403,
            "forbidden",
        );
        move_under(&desk, &north, &json!("other"));
        let moved = ["contradiction critical lapsed", "lead_bypass medium open"];
        assert_eq!(states(&a), moved);
        registry.verify();
        move_under(&desk, &north, &Value::Null);
        assert_eq!(states(&a), ["contradiction critical lapsed", "lead_bypass medium lapsed"]);
        registry.verify();
        let group = id_of(&desk.get(&actor(&desk, "group")).expect(200).body);
        move_under(&desk, &north, &json!(group));
        assert_eq!(states(&a), ["contradiction critical open", "lead_bypass medium lapsed"]);
        registry.verify();
        for (body, pointer, code) in [
            (json!({"parent": "post"}), "/parent", "cycle"),
            (json!({"parent": "nobody"}), "/parent", "unknown_reference"),
            (json!({"parent": 7}), "/parent", "missing"),
            (json!({}), "/parent", "missing"),
            (json!({"parent": null, "name": "x"}), "/parent", "missing"),
        ] {
            is_fault(&desk.post_matching(&format!("{north}/move"), "*", &body), pointer, code);
        }
    });
}

#[test]
fn a_place_that_is_moved_changes_what_meets() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let at = |organization: &str, action: &str, place: &str| {
            with(&line(organization, "north", &asks(&[action])), &json!({"places": [place]}))
        };
        logged(&a, &at("a", "open_route", "leer"));
        logged(&b, &at("b", "close_route", "koch"));
        assert_eq!(states(&a), [""; 0]);
        let items = desk.get("places").expect(200).body["items"].clone();
        let leer = items.as_array().into_iter().flatten().find(|each| each["key"] == "leer");
        let path = format!("places/{}", id_of(leer.expect("it is there")));
        desk.amend(&path, &json!({"parent": "koch"})).expect(200);
        assert_eq!(states(&a), ["contradiction critical open"]);
        registry.verify();
        desk.amend(&path, &json!({"parent": "unity"})).expect(200);
        assert_eq!(states(&a), ["contradiction critical lapsed"]);
        registry.verify();
    });
}

#[test]
fn merging_two_actors_joins_their_lines_names_and_units() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        let actors = world["armed_actors"].as_array_mut().expect("actors");
        actors.push(json!({"key": "twin", "name": "The Northern Group", "kind": "militia",
            "aliases": ["Northerners"]}));
        actors.push(json!({"key": "post", "name": "Post", "kind": "militia", "parent": "twin"}));
        world["leads"] = json!([{"key": "old", "armed_actor": "twin", "organization": "c",
            "until": "2026-01-01"}]);
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let gone = logged(&a, &line("a", "twin", &asks(&["open_route"])));
        let ended = with(&line("a", "twin", &json!([])), &json!({"status": "concluded"}));
        let ended = logged(&a, &ended);
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        assert_eq!(states(&a), [""; 0]);
        let twin = actor(&desk, "twin");
        is_problem(&merge(&a, &twin, "north"), 403, "forbidden");
        is_fault(&merge(&desk, &twin, "nobody"), "/into", "unknown_reference");
        is_fault(&merge(&desk, &twin, "twin"), "/into", "unknown_reference");
        is_fault(&merge(&desk, &twin, "post"), "/into", "cycle");
        let kept = merge(&desk, &twin, "north").expect(200);
        let north = id_of(&kept.body);
        assert_eq!(format!("armed-actors/{north}"), actor(&desk, "north"));
        assert_eq!(kept.body["aliases"], json!(["The Northern Group", "Northerners"]));
        assert_eq!(states(&a), ["contradiction critical open"]);
        for id in [gone, ended] {
            let read = a.get(&format!("engagements/{id}")).expect(200).body;
            assert_eq!(read["armed_actor"], north);
        }
        assert_eq!(desk.get(&actor(&desk, "post")).expect(200).body["parent"], north);
        let leads = desk.get("leads").expect(200).body["items"].clone();
        assert_eq!(leads[0]["armed_actor"], north);
        let missing = desk.get("armed-actors/00000000-0000-4000-8000-000000000000");
        assert_eq!(all_of(&desk.get(&twin)), all_of(&missing));
        // Its old key stands for the one that it was found to be.
        let logged = a.post("engagements", &line("a", "twin", &json!([]))).expect(201);
        assert_eq!(logged.body["engagement"]["armed_actor"], north);
        is_problem(&merge(&desk, &twin, "north"), 404, "not_found");
        let again = json!({"key": "twin", "name": "Another", "kind": "militia"});
        is_fault(&desk.post("armed-actors", &again), "/key", "duplicate_key");
        registry.verify();
        // What is exported is whole.
        let bundle = a.get("bundle").expect(200).body;
        let other = Registry::on(registry.database);
        other.import(&bundle);
        other.verify();
    });
}

#[test]
fn the_survivor_keeps_its_saturation_and_its_history() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        let actors = world["armed_actors"].as_array_mut().expect("actors");
        actors.push(json!({"key": "twin", "name": "Twin", "kind": "militia"}));
        registry.import(&world);
        let people = ["a", "b", "c"].map(|key| (key, registry.member("demo", key)));
        let desk = registry.desk("demo");
        let visited = |person: &Person<'_>, organization: &str, actor: &str, days: &[&str]| {
            let contacts: Value = days.iter().map(|on| json!({"on": on})).collect();
            let body = line(organization, actor, &json!([]));
            logged(person, &with(&body, &json!({ "contacts": contacts })))
        };
        for (key, person) in &people {
            visited(person, key, "north", &["2026-03-10", "2026-03-11"]);
        }
        let a = &people[0].1;
        let later = visited(a, "a", "twin", &["2026-03-12"]);
        assert_eq!(states(a), ["saturation medium open"]);
        let flag = id_of(&a.get("flags").expect(200).body["items"][0]);
        let step = json!({"state": "resolved", "resolution": "sequenced"});
        a.post(&format!("flags/{flag}/steps"), &step).expect(200);
        merge(&desk, &actor(&desk, "twin"), "north").expect(200);
        assert_eq!(states(a), ["saturation medium resolved"]);
        let kept = a.get(&format!("flags/{flag}")).expect(200).body;
        assert_eq!(kept["steps"].as_array().map(Vec::len), Some(2));
        let between = kept["flag"]["between"].as_array().cloned().unwrap_or_default();
        assert!(between.iter().any(|subject| subject["id"] == later));
        registry.verify();
        // Another contact is a change of what was settled.
        let contact = json!({"on": "2026-03-13"});
        a.post(&format!("engagements/{later}/contacts"), &contact).expect(201);
        assert_eq!(states(a), ["saturation medium open"]);
        registry.verify();
    });
}

#[test]
fn two_that_were_crowded_become_one_that_is() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        let actors = world["armed_actors"].as_array_mut().expect("actors");
        actors.push(json!({"key": "twin", "name": "Twin", "kind": "militia"}));
        registry.import(&world);
        let people = ["a", "b", "c"].map(|key| (key, registry.member("demo", key)));
        for (key, person) in &people {
            for actor in ["north", "twin"] {
                let contacts = json!({"contacts": [{"on": "2026-03-10"}, {"on": "2026-03-11"}]});
                logged(person, &with(&line(key, actor, &json!([])), &contacts));
            }
        }
        let (a, desk) = (&people[0].1, registry.desk("demo"));
        assert_eq!(states(a), ["saturation medium open"; 2]);
        merge(&desk, &actor(&desk, "twin"), "north").expect(200);
        let mut flags = states(a);
        flags.sort();
        assert_eq!(flags, ["saturation medium lapsed", "saturation medium open"]);
        registry.verify();
    });
}
