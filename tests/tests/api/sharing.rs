//! Loosening and tightening what others may learn of an entry, and the consents that it rests on.

use concord_tests::{Answer, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, own_line, restricted, with};

/// How an entry is shared, and why.
fn shared(members: &Value) -> Value {
    let same = json!({"audience": "own", "disclosure": "match", "reason": "As was agreed"});
    with(&same, members)
}

fn disclosed(person: &Person<'_>, path: &str) -> Value {
    person.get(path).expect(200).body["disclosure"].clone()
}

/// A consent from a day to a day.
fn consent(given: &str, until: &str) -> Value {
    json!({"given": given, "until": until, "reason": "The council agreed"})
}

#[test]
fn tightening_lets_nobody_learn_more_and_loosening_somebody() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let path = format!("engagements/{}", logged(&a, &own_line("a", "north", &json!([]))));
        let loosen = |body: &Value| a.post_matching(&format!("{path}/loosening"), "*", body);
        let tighten = |body: &Value| a.post_matching(&format!("{path}/tightening"), "*", body);
        let to_b = json!({"audience": "organizations", "audience_organizations": ["b"]});
        let none = json!({"disclosure": "none"});
        let looser = [
            (to_b.clone(), "/audience"),
            (json!({"audience": "operation"}), "/audience"),
            (json!({"partners": ["b"]}), "/audience"),
            (json!({"disclosure": "summary"}), "/disclosure"),
            // Looser in part is looser.
            (with(&to_b, &none), "/audience"),
        ];
        for (members, pointer) in &looser {
            is_fault(&tighten(&shared(members)), pointer, "inconsistent");
            assert_eq!(disclosed(&a, &path), "match");
        }
        is_fault(&loosen(&shared(&none)), "/audience", "inconsistent");
        tighten(&shared(&none)).expect(200);
        assert_eq!(disclosed(&a, &path), "none");
        for (members, _) in &looser {
            loosen(&shared(members)).expect(200);
            tighten(&shared(&none)).expect(200);
        }
        // Nobody learns more or less: whichever was meant, it is so.
        for _ in 0..2 {
            tighten(&shared(&none)).expect(200);
            loosen(&shared(&none)).expect(200);
        }
    });
}

#[test]
fn each_change_of_sharing_is_in_the_log_as_what_it_was() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let elders = registry.member("demo", "elders");
        let id = logged(&elders, &own_line("elders", "north", &json!([])));
        let path = format!("engagements/{id}");
        let send = |call: &str, body: &Value| {
            elders.post_matching(&format!("{path}/{call}"), "*", body).expect(200)
        };
        let noted =
            elders.put(&format!("{path}/consent"), "*", &consent("2026-03-15", "2026-04-01"));
        noted.expect(200);
        send("loosening", &shared(&json!({"disclosure": "existence"})));
        send("consent/revocation", &json!({"reason": "They asked for it"}));
        send("tightening", &shared(&json!({"disclosure": "none"})));
        let mut actions: Vec<Value> = registry
            .audit_records("demo")
            .into_iter()
            .filter(|record| record["objects"].to_string().contains(&id))
            .map(|record| record["action"].clone())
            .collect();
        actions.sort_by_key(Value::to_string);
        let called = ["give_consent", "loosen_engagement", "revoke_consent", "tighten_engagement"];
        let called: Vec<Value> =
            ["create_engagements"].iter().chain(&called).map(|c| json!(c)).collect();
        assert_eq!(actions, called);
    });
}

#[test]
fn a_consent_is_noted_renewed_and_taken_back() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (elders, b) = (registry.member("demo", "elders"), registry.member("demo", "b"));
        let path =
            format!("engagements/{}", logged(&elders, &own_line("elders", "north", &json!([]))));
        let note = |body: &Value| elders.put(&format!("{path}/consent"), "*", body);
        let call =
            |call: &str, body: &Value| elders.post_matching(&format!("{path}/{call}"), "*", body);
        let summary = shared(&json!({"disclosure": "summary"}));
        is_fault(&call("loosening", &summary), "/disclosure", "inconsistent");
        for (body, pointer, code) in [
            (consent("2026-03-15", "2026-06-14"), "/until", "out_of_range"),
            (consent("2026-03-16", "2026-06-01"), "/given", "in_future"),
            (consent("2026-03-15", "2026-03-14"), "/until", "reversed_window"),
            (
                with(&consent("2026-03-15", "2026-04-01"), &json!({"reason": " "})),
                "/reason",
                "missing",
            ),
            (json!({"until": "2026-04-01", "reason": "Said"}), "/given", "missing"),
        ] {
            is_fault(&note(&body), pointer, code);
        }
        note(&consent("2026-03-15", "2026-06-13")).expect(200);
        // A consent discloses nothing by itself.
        assert_eq!(disclosed(&elders, &path), "match");
        call("loosening", &summary).expect(200);
        let told = |person: &Person<'_>| {
            let answer: Answer = person.post("disclosures", &json!({})).expect(200);
            answer.body["summaries"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(told(&b), 1);
        is_fault(&call("consent/revocation", &json!({})), "/reason", "missing");
        call("consent/revocation", &json!({"reason": "They asked for it"})).expect(200);
        let present = elders.get(&path).expect(200).body;
        assert_eq!((&present["disclosure"], &present["consent"]), (&json!("match"), &Value::Null));
        assert_eq!(told(&b), 0);
        // What was disclosed is not disclosed again by itself.
        note(&consent("2026-03-15", "2026-06-13")).expect(200);
        assert_eq!((disclosed(&elders, &path), told(&b)), (json!("match"), 0));
        call("loosening", &summary).expect(200);
        assert_eq!(told(&b), 1);
        is_problem(&b.put(&format!("{path}/consent"), "*", &summary), 404, "not_found");
    });
}

/// What B is told of the line of the elders, wherever something of it appears.
fn told_of_elders(registry: &Registry) -> Vec<bool> {
    let (b, desk) = (registry.member("demo", "b"), registry.desk("demo"));
    let elders = "Elders";
    let body = |answer: Answer| answer.expect(200).text.contains(elders);
    let scope = json!({"armed_actor": "north"});
    let brief = json!({"armed_actor": "north", "place": "leer", "day": registry.today()});
    let line = |answer: Answer| {
        let body = answer.expect(200).body;
        body["restricted"].to_string().contains(elders)
    };
    vec![
        body(b.post("disclosures", &json!({}))),
        line(b.get("flags")),
        body(b.post("briefs", &brief)),
        body(b.post("timelines", &scope)),
        body(b.post("networks", &scope)),
        body(desk.post("disclosures", &json!({}))),
    ]
}

#[test]
fn when_its_consent_ends_a_line_is_told_of_nowhere_however_it_was_logged() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let b = registry.member("demo", "b");
        let mut world = small_world();
        let told = json!({
            "key": "theirs", "disclosure": "summary",
            "consent": {"given": "2026-03-10", "until": "2026-03-20"},
        });
        let ask =
            json!([{"key": "road", "issue": "access.movement.routes", "action": "open_route"}]);
        let line = with(&own_line("elders", "north", &ask), &told);
        world["engagements"] = json!([line]);
        registry.member("demo", "elders").post("bundles", &json!({
            "format": world["format"], "operation": world["operation"], "engagements": world["engagements"],
        })).expect(200);
        logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        assert_eq!(told_of_elders(registry), [true; 6]);
        registry.set_day("2026-03-20");
        assert_eq!(told_of_elders(registry), [true; 6]);
        registry.set_day("2026-03-21");
        assert_eq!(told_of_elders(registry), [false; 6]);
        // That there is a match is told still.
        let b = registry.member("demo", "b");
        assert_eq!(restricted(&b.get("flags").expect(200)), ["conflict", "process"]);
        let elders = registry.member("demo", "elders");
        let items = elders.get("engagements").expect(200).body;
        assert_eq!(items["items"][0]["disclosure"], "match");
        registry.verify();
    });
}

#[test]
fn the_consent_of_an_intermediary_ends_and_can_be_renewed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let via = json!({
            "via": {"kind": "community_leader", "consent": true, "risk_assessed": true},
            "consent": {"given": "2026-03-10", "until": "2026-03-20"},
            "disclosure": "existence",
        });
        let path =
            format!("engagements/{}", logged(&a, &with(&own_line("a", "north", &json!([])), &via)));
        let risks = || {
            let a = registry.member("demo", "a");
            let found = a.get(&format!("{path}/flags")).expect(200).flags();
            (found.iter().any(|flag| flag.starts_with("risk_transfer")), disclosed(&a, &path))
        };
        assert_eq!(risks(), (false, json!("existence")));
        registry.set_day("2026-03-21");
        assert_eq!(risks(), (true, json!("match")));
        let a = registry.member("demo", "a");
        a.put(&format!("{path}/consent"), "*", &consent("2026-03-21", "2026-06-19")).expect(200);
        assert_eq!(risks(), (false, json!("match")));
        let reason = json!({"reason": "They asked for it"});
        a.post_matching(&format!("{path}/consent/revocation"), "*", &reason).expect(200);
        assert_eq!(risks(), (true, json!("match")));
        assert_eq!(a.get(&path).expect(200).body["via"]["consent"], false);
        registry.verify();
    });
}
