//! What one may not read is as if it were not there.

use concord_domain::vocabulary::Role;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, is_problem, logged, own_line, with};

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

/// Every request about one engagement and one part of it.
fn requests(engagement: &str, part: &str) -> Vec<(&'static str, String, Value)> {
    let item = format!("engagements/{engagement}");
    let sharing = json!({"audience": "operation", "disclosure": "match", "reason": "To see it"});
    let consent = json!({"given": "2026-03-01", "until": "2026-03-20", "reason": "Said"});
    vec![
        ("GET", item.clone(), Value::Null),
        ("GET", format!("{item}/flags"), Value::Null),
        ("PATCH", item.clone(), json!({"status": "suspended"})),
        ("PATCH", item.clone(), json!({"status": 7})),
        ("POST", format!("{item}/loosening"), sharing.clone()),
        ("POST", format!("{item}/tightening"), sharing),
        ("PUT", format!("{item}/consent"), consent),
        ("POST", format!("{item}/consent/revocation"), json!({"reason": "It is over"})),
        ("POST", format!("{item}/asks"), json!({"issue": "access", "action": "stop"})),
        ("PATCH", format!("{item}/asks/{part}"), json!({"status": "granted"})),
        ("POST", format!("{item}/demands"), json!({"kind": "fee", "response": "declined"})),
        ("PATCH", format!("{item}/demands/{part}"), json!({"response": "accepted"})),
        ("POST", format!("{item}/contacts"), json!({"on": "2026-03-02"})),
        ("DELETE", item, Value::Null),
    ]
}

/// What somebody is answered, with a tag, with another and without one.
fn answers(person: &Person<'_>, (method, path, body): &(&str, String, Value)) -> Vec<Value> {
    let text = body.to_string();
    let body = (!body.is_null()).then_some(text.as_bytes());
    let json = ("content-type", "application/json");
    let tags: [&[(&str, &str)]; 3] =
        [&[json], &[json, ("if-match", "*")], &[json, ("if-match", "\"other\"")]];
    tags.iter().map(|tags| json!(all_of(&person.request(method, path, tags, body)))).collect()
}

#[test]
fn hidden_is_the_same_as_missing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let body = with(
            &own_line("a", "north", &asks(&["open_route"])),
            &json!({"key": "secret", "demands": [{"kind": "fee", "response": "declined"}]}),
        );
        let hidden = a.post("engagements", &body).expect(201).body["engagement"].clone();
        let (ask, demand) = (id_of(&hidden["asks"][0]), id_of(&hidden["demands"][0]));
        let hidden = id_of(&hidden);
        for person in [&b, &desk] {
            for part in [&ask, &demand] {
                let pairs = requests(&hidden, part).into_iter().zip(requests(MISSING, MISSING));
                for (one, other) in pairs {
                    assert_eq!(answers(person, &one), answers(person, &other), "{one:?}");
                }
            }
            let page = person.get("engagements").expect(200);
            assert!(!page.text.contains(&hidden) && !page.text.contains("secret"));
        }
        // Nothing of it was done.
        let after = a.get(&format!("engagements/{hidden}")).expect(200).body;
        assert_eq!((&after["status"], &after["audience"]), (&json!("ongoing"), &json!("own")));
        assert_eq!(after["contacts"], json!([]));
        is_problem(&b.get(&format!("engagements/{hidden}")), 404, "not_found");
    });
}

#[test]
fn a_reference_to_what_is_hidden_is_one_to_what_is_missing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let body = with(&own_line("a", "north", &json!([])), &json!({"key": "secret"}));
        let hidden = logged(&a, &body);
        let plain = line("b", "south", &json!([]));
        let mine = logged(&b, &plain);
        let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop"});
        let intention = json!({"organization": "b", "armed_actor": "north", "level": "tactical",
            "method": "negotiation", "from": "2026-03-01", "purpose": "A meeting"});
        let answers = |named: &str, key: &str| -> Vec<String> {
            [named, key]
                .iter()
                .flat_map(|written| {
                    let follows = json!({"follows": [written]});
                    let origin = json!({"engagement": written});
                    [
                        b.post("engagements", &with(&plain, &follows)),
                        b.amend(&format!("engagements/{mine}"), &follows),
                        b.post("commitments", &with(&commitment, &origin)),
                        b.post("checks", &with(&intention, &follows)),
                    ]
                    .map(|answer| {
                        let faults = answer.faults();
                        assert_eq!(answer.status, 422, "{}", answer.text);
                        assert_eq!(faults[0].1, "unknown_reference");
                        answer.text.replace(written, "…")
                    })
                })
                .collect()
        };
        assert_eq!(answers(&hidden, "secret"), answers(MISSING, "nothing"));
    });
}

#[test]
fn the_keys_of_others_tell_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let keyed = |key: &str, ask: &str| {
            let asks = json!([{"key": ask, "issue": "access", "action": "stop"}]);
            json!({"key": key, "asks": asks})
        };
        let hidden = own_line("a", "north", &json!([]));
        logged(&a, &with(&hidden, &keyed("secret", "secret-ask")));
        let promise = json!({"key": "promise", "armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop", "organization": "a"});
        a.post("commitments", &promise).expect(201);
        let taken = a.post("engagements", &with(&hidden, &keyed("secret", "secret-ask")));
        super::is_fault(&taken, "/key", "duplicate_key");

        let mut intention = with(
            &hidden,
            &json!({"purpose": "A meeting",
            "until": "2026-03-20", "places": ["leer"]}),
        );
        for member in ["status", "audience"] {
            intention.as_object_mut().expect("an object").remove(member);
        }
        let asked = |ask: &str| {
            let asks = json!([{"key": ask, "issue": "access", "action": "stop"}]);
            all_of(&b.post("checks", &with(&intention, &json!({"asks": asks}))))
        };
        let log =
            |key: &str, ask: &str| all_of(&b.post("engagements", &with(&hidden, &keyed(key, ask))));
        let promised = |key: &str, of: Value| {
            let members = json!({"key": key, "organization": of});
            all_of(&b.post("commitments", &with(&promise, &members)))
        };
        assert_eq!(log("secret", "other").0, 403);
        assert_eq!(log("secret", "other"), log("free", "other"));
        assert_eq!(log("free", "secret-ask"), log("free", "other"));
        assert_eq!(asked("secret-ask"), asked("other"));
        assert_eq!(promised("promise", json!("a")), promised("free", json!("a")));
        // The same keys in the own organisation are free.
        let own = with(&own_line("b", "north", &json!([])), &keyed("secret", "secret-ask"));
        b.post("engagements", &own).expect(201);
        assert_eq!(promised("promise", json!("b")).0, 201);
    });
}

#[test]
fn what_follows_a_hidden_line_does_not_name_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let hidden = logged(&a, &own_line("a", "north", &json!([])));
        let open = logged(&a, &line("a", "south", &json!([])));
        let follows = json!({"follows": [hidden, open]});
        let id = logged(&a, &with(&line("a", "group", &json!([])), &follows));
        let read = |person: &Person<'_>| person.get(&format!("engagements/{id}")).expect(200);
        assert_eq!(read(&a).body["follows"], json!([hidden, open]));
        assert_eq!(read(&b).body["follows"], json!([open]));
        for path in ["engagements", "bundle", "flags"] {
            assert!(!b.get(path).expect(200).text.contains(&hidden), "{path}");
        }
    });
}

#[test]
fn the_auditor_and_the_administrator_read_no_entries() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let auditor = registry.person("demo", Role::Auditor, None);
        let administrator = registry.administrator();
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        for person in [&auditor, &administrator] {
            let at = |path: &str| format!("/v1/operations/demo/{path}");
            for path in ["engagements", "commitments", "flags", "bundle"] {
                is_problem(&person.get(&at(path)), 403, "forbidden");
            }
            for id in [id.as_str(), MISSING] {
                is_problem(&person.get(&at(&format!("engagements/{id}"))), 403, "forbidden");
                is_problem(&person.get(&at(&format!("engagements/{id}/flags"))), 403, "forbidden");
                is_problem(&person.get(&at(&format!("flags/{id}"))), 403, "forbidden");
            }
            let body = line("a", "north", &json!([]));
            is_problem(&person.post(&at("engagements"), &body), 403, "forbidden");
            let step = json!({"state": "acknowledged"});
            let path = at(&format!("flags/{MISSING}/steps"));
            is_problem(&person.post(&path, &step), 403, "forbidden");
            for path in ["places", "leads", "common-positions", "organizations", "armed-actors"] {
                person.get(&at(path)).expect(200);
            }
        }
    });
}

#[test]
fn a_stranger_finds_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let mut other = small_world();
        other["operation"]["key"] = "other".into();
        registry.import(&other);
        let (a, stranger) = (registry.member("demo", "a"), registry.member("other", "a"));
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let engagement = line("a", "north", &json!([]));
        let operation = id_of(&a.get("/v1/operations/demo").expect(200).body);
        let answers = |operation: &str| {
            let at = |path: &str| format!("/v1/operations/{operation}/{path}");
            let mut answers: Vec<_> = ["places", "engagements", "flags", "people", "bundle"]
                .iter()
                .map(|path| all_of(&stranger.get(&at(path))))
                .collect();
            answers.push(all_of(&stranger.get(&format!("/v1/operations/{operation}"))));
            answers.push(all_of(&stranger.get(&at(&format!("engagements/{id}")))));
            answers.push(all_of(&stranger.post(&at("engagements"), &engagement)));
            answers.push(all_of(&stranger.post(&at("bundles"), &small_world())));
            let change = json!({"slack_days": 7});
            answers.push(all_of(&stranger.amend(&format!("/v1/operations/{operation}"), &change)));
            answers
        };
        let missing = answers("nothing");
        assert!(missing.iter().all(|(status, ..)| *status == 404));
        assert_eq!(answers("demo"), missing);
        assert_eq!(answers(&operation), missing);
        assert_eq!(stranger.get(&format!("engagements/{id}")).status, 404);
        let operations = stranger.get("/v1/operations").expect(200).body;
        assert_eq!(operations["items"].as_array().map(Vec::len), Some(1));
    });
}
