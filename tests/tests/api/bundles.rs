//! Bundles in and out through the API.

use concord_tests::{Answer, Database, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, is_fault, is_problem, logged, own_line, with};

/// A bundle of the operation with one more list.
fn bundle(list: &str, items: &Value) -> Value {
    let mut bundle = json!({"format": "concord.bundle/1"});
    bundle["operation"] = small_world()["operation"].clone();
    bundle[list] = items.clone();
    bundle
}

fn keyed(key: &str, body: &Value) -> Value {
    let mut body = with(body, &json!({ "key": key }));
    for (index, ask) in body["asks"].as_array_mut().into_iter().flatten().enumerate() {
        ask["key"] = format!("{key}-{index}").into();
    }
    body
}

fn counts(answer: Answer) -> [u64; 3] {
    let body = answer.expect(200).body;
    ["created", "changed", "unchanged"].map(|name| body[name].as_u64().expect("a count"))
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let mut more = small_world();
        more["operation"]["slack_days"] = 3.into();
        more["places"][0]["name"] = "Unity State".into();
        let adok = json!({"key": "adok", "name": "Adok", "parent": "leer"});
        more["places"].as_array_mut().expect("places").push(adok);
        let before = desk.get("bundle").expect(200).text;
        let tried = desk.post("bundles?dry_run=true", &more).expect(200);
        assert_eq!(tried.body["dry_run"], true);
        assert_eq!(counts(tried), [1, 2, 10]);
        assert_eq!(desk.get("bundle").expect(200).text, before);
        let lines = bundle(
            "engagements",
            &json!([keyed("e", &line("a", "north", &asks(&["open_route"])))]),
        );
        assert_eq!(counts(a.post("bundles?dry_run=true", &lines)), [1, 0, 0]);
        assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
        assert_eq!(counts(desk.post("bundles", &more)), [1, 2, 10]);
        assert_eq!(counts(desk.post("bundles?dry_run=false", &more)), [0, 0, 12]);
        registry.verify();
    });
}

#[test]
fn a_bundle_taken_in_twice_changes_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let first = keyed("first", &line("a", "north", &asks(&["open_route"])));
        let demands = json!({"demands": [{"key": "d", "kind": "fee", "response": "declined"}],
            "contacts": [{"on": "2026-03-02", "note": "At the bridge"}], "summary": "A line",
            "follows": ["second"]});
        let second = keyed("second", &own_line("a", "south", &asks(&["allow_movement"])));
        let mut world = small_world();
        world["engagements"] = json!([with(&first, &demands), second]);
        let promise = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop", "terms": {"persons": "Everybody"}});
        let from_line = with(&promise, &json!({"key": "from-line", "engagement": "first"}));
        let own = with(&promise, &json!({"key": "own", "organization": "a"}));
        world["commitments"] = json!([from_line, own]);
        assert_eq!(counts(a.post("bundles", &world)), [4, 0, 11]);
        let before = a.get("bundle").expect(200);
        assert_eq!(counts(a.post("bundles", &world)), [0, 0, 15]);
        assert_eq!(counts(a.post("bundles", &before.body)), [0, 0, 15]);
        assert_eq!(a.get("bundle").expect(200).text, before.text);
        registry.verify();
    });
}

#[test]
fn what_is_absent_or_null_stays_and_lists_are_whole() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let whole = with(
            &keyed("e", &line("a", "north", &asks(&["open_route", "allow_passage"]))),
            &json!({"summary": "A line", "places": ["leer"], "until": "2026-05-01"}),
        );
        let id = logged(&a, &whole);
        let change = json!([{"key": "e", "organization": "a", "status": "suspended",
            "summary": null, "asks": [{"key": "e-1", "issue": "access", "action": "stop"}]}]);
        let before = a.get(&format!("engagements/{id}")).expect(200).body;
        assert_eq!(counts(a.post("bundles", &bundle("engagements", &change))), [0, 1, 0]);
        let after = a.get(&format!("engagements/{id}")).expect(200).body;
        assert_eq!(after["status"], "suspended");
        assert_eq!(after["asks"].as_array().map(Vec::len), Some(1));
        assert_eq!(after["asks"][0]["id"], before["asks"][1]["id"]);
        for same in ["summary", "places", "until", "level", "audience"] {
            assert_eq!(after[same], before[same], "{same}");
        }
        registry.verify();
    });
}

#[test]
fn one_takes_in_only_what_one_may_write() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let theirs = keyed("theirs", &line("b", "north", &asks(&["close_route"])));
        logged(&b, &theirs);
        let mine = keyed("mine", &line("a", "north", &asks(&["open_route"])));
        let slack = {
            let mut bundle = small_world();
            bundle["operation"]["slack_days"] = 3.into();
            bundle
        };
        for refused in [
            slack,
            bundle("places", &json!([{"key": "adok", "name": "Adok"}])),
            bundle("organizations", &json!([{"key": "a", "mechanisms": []}])),
            bundle("leads", &json!([{"key": "l", "armed_actor": "north", "organization": "a"}])),
            bundle("common_positions", &json!([{"key": "p", "title": "P", "issue": "access"}])),
            bundle("engagements", &json!([mine, keyed("new", &line("b", "north", &json!([])))])),
            bundle(
                "engagements",
                &json!([mine, {"key": "theirs", "organization": "b", "status": "cancelled"}]),
            ),
        ] {
            is_problem(&a.post("bundles", &refused), 403, "forbidden");
            is_problem(&a.post("bundles?dry_run=true", &refused), 403, "forbidden");
        }
        let page = a.get("engagements").expect(200).body["items"].clone();
        assert_eq!(page.as_array().map(Vec::len), Some(1));
        let of_desk = bundle("engagements", &json!([mine]));
        is_problem(&desk.post("bundles", &of_desk), 403, "forbidden");
        // What others have said and stands so is no change.
        let both = bundle("engagements", &json!([mine, theirs]));
        assert_eq!(counts(a.post("bundles", &both)), [1, 0, 1]);
        assert_eq!(a.get("flags").expect(200).flags(), ["contradiction critical"]);
        registry.verify();
    });
}

#[test]
fn a_bundle_tells_nothing_of_what_is_hidden() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let hidden = own_line("a", "north", &asks(&["open_route"]));
        logged(&a, &keyed("secret", &hidden));
        let promise = json!({"key": "secret", "armed_actor": "north", "organization": "a",
            "kind": "verbal_assurance", "issue": "access", "action": "stop"});
        a.post("commitments", &promise).expect(201);
        let tried = |list: &str, item: &Value, key: &str| {
            let items = json!([with(item, &json!({ "key": key }))]);
            let answer = b.post("bundles?dry_run=true", &bundle(list, &items));
            let (status, mut headers, text) = all_of(&answer);
            headers.retain(|(name, _)| name != "content-length");
            (status, headers, text.replace(key, "…"))
        };
        let short = json!({"organization": "a", "level": "tactical"});
        for (list, item) in [
            ("engagements", &hidden),
            ("engagements", &keyed("secret", &hidden)),
            ("engagements", &short),
            ("commitments", &promise),
            ("commitments", &json!({"organization": "a", "status": "in_force"})),
        ] {
            assert_eq!(tried(list, item, "secret"), tried(list, item, "nothing"), "{item}");
        }
        let follows = with(&own_line("b", "north", &json!([])), &json!({"key": "mine"}));
        let named = |key: &str| {
            let items = json!([with(&follows, &json!({"follows": [key]}))]);
            b.post("bundles", &bundle("engagements", &items)).text.replace(key, "…")
        };
        assert_eq!(named("secret"), named("nothing"));
    });
}

#[test]
fn faults_have_their_place_in_the_bundle_and_nothing_is_done() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let mut wrong = small_world();
        wrong["title"] = "A scenario".into();
        wrong["target"] = json!([]);
        let places = json!([{"key": "x", "name": "X", "parent": "y"},
            {"key": "y", "name": "Y", "parent": "x"}, {"key": "unity", "level": 99}]);
        wrong["places"]
            .as_array_mut()
            .expect("places")
            .extend(places.as_array().cloned().unwrap_or_default());
        wrong["leads"] = json!({});
        wrong["engagements"] = json!([{"key": "e"}, {"key": "a b", "organization": "a"}, 7]);
        let refused = desk.post("bundles", &wrong);
        for (pointer, code) in [
            ("/target", "unknown_member"),
            ("/places/5/key", "duplicate_key"),
            ("/leads", "wrong_type"),
            ("/engagements/0/organization", "missing"),
            ("/engagements/1/key", "malformed"),
            ("/engagements/2", "wrong_type"),
        ] {
            is_fault(&refused, pointer, code);
        }
        let cycle = json!([{"key": "x", "name": "X", "parent": "y"}, {"key": "y", "name": "Y", "parent": "x"}]);
        let refused = desk.post("bundles", &bundle("places", &cycle));
        is_fault(&refused, "/places/0/parent", "cycle");
        is_fault(&refused, "/places/1/parent", "cycle");
        let standing = json!([{"key": "unity", "parent": "leer"}]);
        let refused = desk.post("bundles", &bundle("places", &standing));
        is_fault(&refused, "/places/0/parent", "cycle");
        let nul = json!([{"key": "a\0b", "name": "X"}]);
        is_fault(&desk.post("bundles", &bundle("places", &nul)), "/places/0/key", "malformed");
        let nul = json!([{"key": "a\0b", "organization": "a\0b"}]);
        let refused = a.post("bundles", &bundle("engagements", &nul));
        is_fault(&refused, "/engagements/0/organization", "unknown_reference");
        let future = with(
            &keyed("e", &line("a", "north", &json!([]))),
            &json!({"contacts": [{"on": "2026-03-16"}]}),
        );
        let refused = a.post("bundles", &bundle("engagements", &json!([future])));
        is_fault(&refused, "/engagements/0/contacts/0/on", "in_future");
        let alone =
            with(&keyed("e", &line("a", "north", &json!([]))), &json!({"audience": "mechanisms"}));
        let refused = a.post("bundles", &bundle("engagements", &json!([alone])));
        is_fault(&refused, "/engagements/0/audience_mechanisms", "inconsistent");
        let mut other = small_world();
        other["operation"]["key"] = "other".into();
        is_fault(&desk.post("bundles", &other), "/operation/key", "inconsistent");
        is_fault(
            &desk.post("bundles", &json!({"format": "concord.bundle/2"})),
            "/format",
            "malformed",
        );
        is_fault(&desk.post("bundles", &json!([])), "", "wrong_type");
        assert_eq!(desk.get("places").expect(200).body["items"].as_array().map(Vec::len), Some(3));
    });
}

#[test]
fn an_export_holds_what_its_maker_may_read() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let hidden = logged(&a, &keyed("hidden", &own_line("a", "north", &asks(&["open_route"]))));
        let promise = json!({"key": "promise", "armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop", "engagement": hidden});
        a.post("commitments", &promise).expect(201);
        let open = keyed("open", &line("a", "south", &asks(&["open_route"])));
        logged(&a, &with(&open, &json!({"follows": [hidden]})));
        let (of_a, of_b) = (a.get("bundle").expect(200), b.get("bundle").expect(200));
        assert_eq!(of_a.body["engagements"].as_array().map(Vec::len), Some(2));
        assert_eq!(of_a.body["commitments"].as_array().map(Vec::len), Some(1));
        assert_eq!(of_b.body["engagements"].as_array().map(Vec::len), Some(1));
        assert_eq!(of_b.body["commitments"], json!([]));
        assert!(!of_b.text.contains("hidden") && !of_b.text.contains(&hidden));
        assert_eq!(of_b.body["engagements"][0]["follows"], Value::Null);
        let other = Registry::on(registry.database);
        other.import(&of_a.body);
        other.import(&of_b.body);
        other.verify();
    });
}

#[test]
fn a_bundle_has_at_most_32_mebibytes() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let large = vec![b' '; (32 << 20) + 1];
    let headers = [("content-type", "application/json")];
    is_problem(&a.request("POST", "bundles", &headers, Some(&large)), 413, "too_large");
}
