//! What others disclose of lines that may not be read, and nothing beyond it.

use concord_domain::vocabulary::Role;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, is_problem, logged, own_line, restricted, with};

/// A line of A that B may not read, with everything in it that is to stay hidden.
fn hidden(disclosure: &str) -> Value {
    with(
        &own_line("a", "north", &asks(&["open_route"])),
        &json!({
            "key": "secret-key", "disclosure": disclosure, "from": "2026-02-17",
            "until": "2026-06-23", "places": ["leer"], "summary": "secret words",
            "contacts": [{"on": "2026-02-19"}],
        }),
    )
}

fn disclosed(person: &Person<'_>, question: &Value) -> Value {
    person.post("disclosures", question).expect(200).body
}

#[test]
fn a_summary_tells_of_month_area_family_and_topmost_actor_and_of_nothing_finer() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let logged = a.post("engagements", &hidden("summary")).expect(201);
        let answer = b.post("disclosures", &json!({})).expect(200);
        let summaries = &answer.body["summaries"];
        assert_eq!(summaries.as_array().map(Vec::len), Some(1), "{}", answer.text);
        let one = &summaries[0];
        let names = |list: &Value, member: &str| -> Vec<Value> {
            list.as_array().into_iter().flatten().map(|each| each[member].clone()).collect()
        };
        assert_eq!(one["organization"]["name"], "Organisation A");
        assert_eq!(one["armed_actor"]["name"], "The Group");
        assert_eq!(
            (&one["level"]["code"], &one["method"]["code"]),
            (&json!("tactical"), &json!("negotiation"))
        );
        assert_eq!(names(&one["issues"], "code"), ["access.movement"]);
        assert_eq!(
            (&one["month"], names(&one["areas"], "name")),
            (&json!("2026-02"), vec![json!("Unity")])
        );
        assert_eq!(answer.body["dialogues"], json!([]));
        let engagement = &logged.body["engagement"];
        for secret in ["secret", "2026-02-17", "2026-06", "leer", "Leer", "north", "open_route"] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
        for id in [&engagement["id"], &engagement["armed_actor"], &engagement["asks"][0]["id"]] {
            assert!(!answer.text.contains(id.as_str().expect("an id")), "{}", answer.text);
        }
        // Whoever reads the line itself is not told of it a second time.
        assert_eq!(disclosed(&a, &json!({}))["summaries"], json!([]));
        is_problem(&b.get(&format!("engagements/{}", super::id_of(engagement))), 404, "not_found");
    });
}

#[test]
fn an_existence_is_a_pair_without_a_number_and_less_tells_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let nothing = all_of(&b.post("disclosures", &json!({})).expect(200));
        for disclosure in ["match", "none"] {
            let _ = logged(&a, &with(&hidden(disclosure), &json!({"key": disclosure})));
            assert_eq!(all_of(&b.post("disclosures", &json!({})).expect(200)), nothing);
        }
        let _ = logged(&a, &hidden("existence"));
        let once = b.post("disclosures", &json!({})).expect(200);
        assert_eq!(once.body["summaries"], json!([]));
        assert_eq!(once.body["dialogues"][0]["armed_actor"]["name"], "The Group");
        let south = with(&hidden("existence"), &json!({"key": "south", "armed_actor": "south"}));
        let _ = logged(&a, &south);
        assert_eq!(all_of(&b.post("disclosures", &json!({})).expect(200)), all_of(&once));
        // What a pair is about is not told, so it is not found by it either.
        for question in [json!({"issue": "access"}), json!({"organization": "b"})] {
            assert_eq!(disclosed(&b, &question)["dialogues"], json!([]), "{question}");
        }
    });
}

#[test]
fn what_is_asked_works_on_what_is_shown() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let _ = logged(&a, &hidden("summary"));
        let found =
            |question: Value| disclosed(&b, &question)["summaries"].as_array().map_or(0, Vec::len);
        // Any unit of the group finds it, and any day of the month: neither says more.
        for question in [
            json!({"armed_actor": "group"}),
            json!({"armed_actor": "south"}),
            json!({"issue": "access.movement.checkpoints"}),
            json!({"issue": "access"}),
            json!({"from": "2026-02-28", "until": "2026-03-30"}),
            json!({"from": "2026-01-01", "until": "2026-02-01"}),
        ] {
            assert_eq!(found(question.clone()), 1, "{question}");
        }
        for question in [
            json!({"issue": "protection"}),
            json!({"organization": "b"}),
            json!({"from": "2026-03-01", "until": "2026-03-30"}),
        ] {
            assert_eq!(found(question.clone()), 0, "{question}");
        }
    });
}

#[test]
fn a_restricted_flag_is_cut_to_the_least_that_the_other_side_discloses() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for (disclosure, organizations, summaries) in
            [("match", 0, 0), ("existence", 1, 0), ("summary", 1, 1)]
        {
            let of_a = logged(&a, &with(&hidden(disclosure), &json!({"key": disclosure})));
            let answer = b.post("engagements", &line("b", "north", &asks(&["close_route"])));
            let answer = answer.expect(201);
            assert_eq!(restricted(&answer), ["conflict"], "{disclosure}");
            let told = &answer.body["restricted"][0];
            let count = |name: &str| told[name].as_array().map_or(0, Vec::len);
            assert_eq!((count("organizations"), count("summaries")), (organizations, summaries));
            let rule = (&told["kind"], &told["severity"]);
            let expected = match disclosure {
                "summary" => (json!("contradiction"), json!("critical")),
                _ => (Value::Null, Value::Null),
            };
            assert_eq!(rule, (&expected.0, &expected.1));
            assert!(!answer.text.contains(&of_a) && !answer.text.contains("secret"));
            // In the list it is the same line.
            let list = b.get("flags").expect(200);
            let lines = list.body["restricted"].as_array().expect("lines");
            assert!(lines.contains(told), "{}", list.text);
            for (person, it) in [(&a, of_a), (&b, super::id_of(&answer.body["engagement"]))] {
                let status = json!({"status": "cancelled"});
                person.amend(&format!("engagements/{it}"), &status).expect(200);
            }
        }
        registry.verify();
    });
}

#[test]
fn who_reads_no_entries_is_told_of_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let _ = logged(&a, &hidden("summary"));
        let auditor = registry.person("demo", Role::Auditor, None);
        is_problem(&auditor.post("disclosures", &json!({})), 403, "forbidden");
    });
}
