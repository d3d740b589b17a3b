//! Finding armed actors by any name.

use concord_tests::{Answer, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, made, with};

/// A world in which two have one name, and names are written in several ways.
fn world() -> Value {
    let mut world = small_world();
    let actors = world["armed_actors"].as_array_mut().expect("actors");
    for actor in [
        json!({"key": "valley", "name": "Valley Liberation Front", "kind": "non_state_armed_group",
            "aliases": ["VLF", "Jabhat Tahrir al-Wadi"], "names": {"ar": "جبهة تحرير الوادي"},
            "external_ids": {"ucdp": "90210"}, "places": ["leer"]}),
        json!({"key": "guard-1", "name": "River Guard", "kind": "militia", "parent": "north",
            "places": ["koch"]}),
        json!({"key": "guard-2", "name": "River Guard", "kind": "state_armed_forces"}),
    ] {
        actors.push(actor);
    }
    world
}

#[track_caller]
fn search(person: &Person<'_>, name: &str) -> Answer {
    person.post("armed-actors/search", &json!({ "name": name })).expect(200)
}

/// The keys that were suggested, the likest first.
fn keys(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().expect("items");
    items.iter().map(|item| item["key"].as_str().unwrap_or("").to_owned()).collect()
}

#[test]
fn an_armed_actor_is_found_by_any_of_its_names() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let a = registry.member("demo", "a");
        for (written, field, code) in [
            ("Valley Liberation Front", "name", "same"),
            ("valley liberation front", "name", "same_folded"),
            ("Front of the Liberation of the Valey", "name", "order"),
            ("VLF", "aliases", "same"),
            ("V.L.F.", "aliases", "same_folded"),
            ("Jabhat Tahreer el Wadi", "aliases", "word"),
            ("جبهة تحرير الوادى", "names", "same_folded"),
            ("valley", "key", "same"),
            ("ucdp:90210", "external_ids", "same"),
        ] {
            let found = search(&a, written);
            assert_eq!(keys(&found).first().map(String::as_str), Some("valley"), "{written}");
            let first = &found.body["items"][0];
            assert_eq!(first["matched"]["field"], field, "{written}: {first:#}");
            let codes: Vec<&Value> = first["because"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|each| &each["code"])
                .collect();
            assert!(codes.contains(&&json!(code)), "{written}: {first:#}");
        }
        let arabic = search(&a, "جبهة تحرير الوادي");
        assert_eq!(arabic.body["items"][0]["matched"]["language"], "ar");
        let register = search(&a, "90210");
        assert_eq!(register.body["items"][0]["matched"]["register"], "ucdp");
        assert_eq!(keys(&search(&a, "Zzyzx Collective")), [""; 0]);
    });
}

#[test]
fn two_of_one_name_stay_two_with_what_tells_them_apart() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let found = search(&registry.member("demo", "a"), "The river guards");
        assert_eq!(keys(&found), ["guard-1", "guard-2"]);
        let [first, second] = [&found.body["items"][0], &found.body["items"][1]];
        assert_eq!(first["score"], second["score"]);
        assert_eq!([&first["kind"], &second["kind"]], ["militia", "state_armed_forces"]);
        assert_eq!(first["parent"]["name"], "The Group, north");
        assert_eq!(first["places"][0]["name"], "Koch");
        assert_eq!(second["parent"], Value::Null);
        assert_eq!(second["places"], json!([]));
        let one = json!({"name": "River Guard", "limit": 1});
        let a = registry.member("demo", "a");
        assert_eq!(keys(&a.post("armed-actors/search", &one).expect(200)), ["guard-1"]);
    });
}

#[test]
fn the_names_of_one_that_was_merged_lead_to_the_other() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let id = |key: &str| search(&a, key).body["items"][0]["armed_actor"].clone();
        let gone = id("guard-2");
        let path = format!("armed-actors/{}/merge", gone.as_str().expect("an id"));
        desk.post_matching(&path, "*", &json!({"into": "guard-1"})).expect(200);
        let found = search(&a, "River Guard");
        assert_eq!(keys(&found), ["guard-1"]);
        let by_key = search(&a, "guard-2");
        assert_eq!(keys(&by_key), ["guard-1"]);
        assert_eq!(by_key.body["items"][0]["because"][1]["code"], "former");
        assert_eq!(keys(&search(&a, gone.as_str().expect("an id"))), ["guard-1"]);
        // And on, if that one is merged as well.
        let path = format!("armed-actors/{}/merge", id("guard-1").as_str().expect("an id"));
        desk.post_matching(&path, "*", &json!({"into": "valley"})).expect(200);
        assert_eq!(keys(&search(&a, "guard-2")), ["valley"]);
        registry.verify();
    });
}

#[test]
fn only_people_of_the_operation_search_and_only_in_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let mut other = small_world();
        other["operation"] = json!({"key": "other", "name": "Elsewhere", "country": "TCD"});
        other["armed_actors"] =
            json!([{"key": "hill", "name": "Hill Liberation Front", "kind": "militia"}]);
        registry.import(&other);
        let body = json!({"name": "Hill Liberation Front"});
        let a = registry.member("demo", "a");
        let found = a.post("armed-actors/search", &body).expect(200);
        assert!(!keys(&found).contains(&"hill".to_owned()));
        is_problem(
            &registry.nobody("demo").post("armed-actors/search", &body),
            401,
            "unauthenticated",
        );
        let stranger = registry.member("other", "a");
        let there = stranger.post("/v1/operations/demo/armed-actors/search", &body);
        is_problem(&there, 404, "not_found");
        assert_eq!(keys(&search(&registry.desk("other"), "HLF")), ["hill"]);
    });
}

#[test]
fn a_question_that_is_wrong_is_refused_with_what_is_wrong() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let a = registry.member("demo", "a");
        let long = "x".repeat(301);
        for (body, pointer, code) in [
            (json!({}), "/name", "missing"),
            (json!({"name": ""}), "/name", "missing"),
            (json!({"name": 7}), "/name", "wrong_type"),
            (json!({"name": long}), "/name", "too_long"),
            (json!({"name": "x", "limit": 0}), "/limit", "out_of_range"),
            (json!({"name": "x", "limit": 51}), "/limit", "out_of_range"),
            (json!({"name": "x", "places": []}), "/places", "unknown_member"),
        ] {
            is_fault(&a.post("armed-actors/search", &body), pointer, code);
        }
        a.post("armed-actors/search", &json!({"name": "x", "limit": null})).expect(200);
        for name in ["\u{202e}", "((((", "/", "𝔙𝔞𝔩𝔩𝔢𝔶", "🛡", "%_'\"\\"] {
            let answer = a.post("armed-actors/search", &json!({ "name": name }));
            assert!([200, 422].contains(&answer.status), "{name}: {}", answer.text);
        }
    });
}

#[test]
fn a_reference_that_is_not_known_is_answered_with_those_whose_names_are_like_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let a = registry.member("demo", "a");
        let detail =
            |answer: &Answer| answer.body["errors"][0]["detail"].as_str().unwrap_or("").to_owned();
        for (written, offered) in [
            ("VLF", "`valley`"),
            ("جبهة تحرير الوادي", "`valley`"),
            ("River Guard", "`guard-1`, `guard-2`"),
            ("nroth", "`north`"),
        ] {
            let answer = a.post("engagements", &line("a", written, &asks(&["open_route"])));
            is_fault(&answer, "/armed_actor", "unknown_reference");
            assert!(detail(&answer).contains(offered), "{written}: {}", detail(&answer));
        }
        let desk = registry.desk("demo");
        let unit =
            json!({"key": "post", "name": "Post", "kind": "militia", "parent": "Valley Front"});
        let answer = desk.post("armed-actors", &unit);
        is_fault(&answer, "/parent", "unknown_reference");
        assert!(detail(&answer).contains("`valley`"), "{}", detail(&answer));
        let named = with(&unit, &json!({"parent": "valley"}));
        made(&desk, "armed-actors", &named);
    });
}

#[test]
fn a_bundle_is_told_whom_it_may_mean_by_its_own_names_and_those_that_stand() {
    on_each_database(|registry: &Registry| {
        registry.import(&world());
        let desk = registry.desk("demo");
        let lead = |actor: &str| json!({"key": "l", "armed_actor": actor, "organization": "c"});
        let bundle = |actor: &str| {
            json!({"format": "concord.bundle/1",
                "operation": {"key": "demo", "name": "Demonstration", "country": "SSD"},
                "armed_actors": [{"key": "ridge", "name": "Ridge Defence Army", "kind": "militia"}],
                "leads": [lead(actor)]})
        };
        for (written, offered) in [("RDA", "`ridge`"), ("Valley Liberation Frnt", "`valley`")] {
            let answer = desk.post("bundles", &bundle(written));
            is_fault(&answer, "/leads/0/armed_actor", "unknown_reference");
            assert!(answer.text.contains(offered), "{written}: {}", answer.text);
        }
        let imported = desk.post("bundles", &bundle("valley"));
        assert!(imported.status < 300, "{}", imported.text);
    });
}
