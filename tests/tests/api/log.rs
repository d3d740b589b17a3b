//! Logging an engagement and amending it.

use concord_tests::{Registry, TODAY, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, logged, states, with};

#[test]
fn logging_an_opposed_ask_tells_both_sides_at_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let first = a.post("engagements", &line("a", "north", &asks(&["open_route"]))).expect(201);
        assert_eq!(first.flags(), [""; 0]);
        let second = b.post("engagements", &line("b", "group", &asks(&["close_route"])));
        let second = second.expect(201);
        assert_eq!(second.flags(), ["contradiction critical"]);
        assert_eq!(second.body["restricted"], json!([]));
        let because = second.body["flags"][0]["because"].as_array().expect("reasons");
        assert!(because.iter().all(|each| each["sentence"].as_str().is_some_and(|s| s.len() > 5)));
        assert_eq!(states(&a), ["contradiction critical open"]);
        registry.verify();
    });
}

#[test]
fn nine_fields_are_enough_and_the_answer_says_where_it_stands() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let nine = json!({
            "organization": "a", "armed_actor": "north", "level": "tactical",
            "method": "negotiation", "status": "ongoing", "from": "2026-03-01",
            "places": ["leer"],
            "asks": [{"issue": "access.movement.routes", "action": "open_route"}],
        });
        let made = a.post("engagements", &nine).expect(201);
        let id = id_of(&made.body["engagement"]);
        let address = format!("/v1/operations/demo/engagements/{id}");
        assert_eq!(made.header("location"), Some(address.as_str()));
        a.get(&address).expect(200);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        assert_eq!(made.body["engagement"]["audience"], "own");
        assert_eq!(made.body["engagement"]["disclosure"], "match");
        assert_eq!(made.body["engagement"]["asks"][0]["status"], "open");
        assert_eq!(made.body["engagement"]["asks"][0]["offer"], "none");
        let read = a.get(&format!("engagements/{id}")).expect(200);
        assert_eq!(read.etag(), made.etag());
        assert_eq!(read.body, made.body["engagement"]);
    });
}

#[test]
fn a_contact_has_happened() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let on = |day: &str| json!({"contacts": [{"on": "2026-03-02"}, {"on": day}]});
        let body = line("a", "north", &json!([]));
        let refused = a.post("engagements", &with(&body, &on("2026-03-16")));
        is_fault(&refused, "/contacts/1/on", "in_future");
        let id = logged(&a, &with(&body, &on(TODAY)));
        let path = format!("engagements/{id}");
        is_fault(&a.amend(&path, &on("2026-03-16")), "/contacts/1/on", "in_future");
        let refused = a.post(&format!("{path}/contacts"), &json!({"on": "2026-03-16"}));
        is_fault(&refused, "/contacts/2/on", "in_future");
    });
}

#[test]
fn what_is_given_replaces_null_clears_and_what_is_absent_stays() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let members = json!({
            "summary": "A line about the road", "places": ["leer", "koch"],
            "until": "2026-04-01", "plan": {"risks": "Some", "benefits": "More"},
            "approaches": ["ihl", "common_interest"],
        });
        let id = logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &members));
        let path = format!("engagements/{id}");
        let before = a.get(&path).expect(200);
        let change =
            json!({"places": ["leer"], "summary": null, "until": null, "plan": {"risks": "Few"}});
        let after = a.patch(&path, &before.etag(), &change).expect(200);
        let (before, after_body) = (before.body, after.body["engagement"].clone());
        assert_eq!(after_body["places"].as_array().map(Vec::len), Some(1));
        assert_eq!(after_body["summary"], Value::Null);
        assert_eq!(after_body["until"], Value::Null);
        assert_eq!(after_body["plan"]["risks"], "Few");
        assert_eq!(after_body["plan"]["benefits"], Value::Null);
        for same in ["asks", "approaches", "status", "from", "organization", "audience", "id"] {
            assert_eq!(after_body[same], before[same], "{same}");
        }
        assert_eq!(a.get(&path).expect(200).etag(), after.etag());
        let refused = a.amend(&path, &json!({"level": null, "from": null}));
        is_fault(&refused, "/level", "missing");
        is_fault(&refused, "/from", "missing");
    });
}

#[test]
fn a_list_of_asks_is_taken_whole_and_a_key_keeps_its_id() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let two = json!([
            {"key": "road", "issue": "access.movement.routes", "action": "open_route"},
            {"key": "post", "issue": "access.movement.checkpoints", "action": "remove_checkpoint"},
        ]);
        let id = logged(&a, &line("a", "north", &two));
        let path = format!("engagements/{id}");
        let before = a.get(&path).expect(200).body;
        let one = json!({"asks": [
            {"issue": "access.movement.routes", "action": "allow_movement"},
            {"key": "road", "issue": "access.movement.routes", "action": "open_route", "status": "granted"},
        ]});
        let after = a.amend(&path, &one).expect(200).body["engagement"].clone();
        assert_eq!(after["asks"].as_array().map(Vec::len), Some(2));
        assert_eq!(after["asks"][1]["id"], before["asks"][0]["id"]);
        assert_eq!(after["asks"][1]["status"], "granted");
        let ids = [&before["asks"][0]["id"], &before["asks"][1]["id"]];
        assert!(!ids.contains(&&after["asks"][0]["id"]));
        let again = a.amend(
            &path,
            &json!({"asks": [
                {"key": "road", "issue": "access", "action": "stop"},
                {"key": "road", "issue": "access", "action": "refrain"},
            ]}),
        );
        is_fault(&again, "/asks/1/key", "duplicate_key");
    });
}

#[test]
fn who_may_read_it_and_whose_it_is_are_not_amended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &json!([])));
        let path = format!("engagements/{id}");
        let before = a.get(&path).expect(200);
        for (member, value) in [
            ("partners", json!(["b"])),
            ("audience", json!("own")),
            ("audience_organizations", json!(["b"])),
            ("audience_mechanisms", json!(["awg"])),
            ("disclosure", json!("none")),
            ("organization", json!("b")),
            ("organization", Value::Null),
        ] {
            let code = if value.is_null() { "missing" } else { "inconsistent" };
            let refused = a.amend(&path, &json!({member: value}));
            is_fault(&refused, &format!("/{member}"), code);
        }
        let refused = a.amend(&path, &json!({"key": "other"}));
        is_fault(&refused, "/key", "inconsistent");
        assert_eq!(a.get(&path).expect(200).etag(), before.etag());
    });
}

#[test]
fn one_logs_for_the_own_organisation_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        super::is_problem(
            &a.post("engagements", &line("b", "north", &json!([]))),
            403,
            "forbidden",
        );
        super::is_problem(
            &desk.post("engagements", &line("a", "north", &json!([]))),
            403,
            "forbidden",
        );
        assert_eq!(desk.get("engagements").expect(200).body["items"], json!([]));
    });
}
