//! Flags with a line that their reader may not know.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_problem, logged, own_line, restricted, states, with};

#[test]
fn the_owner_of_the_other_side_learns_the_class_and_nothing_more() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (c, desk) = (registry.member("demo", "c"), registry.desk("demo"));
        let hidden = logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let second = b.post("engagements", &line("b", "north", &asks(&["close_route"])));
        let second = second.expect(201);
        let mine = super::id_of(&second.body["engagement"]);
        assert_eq!(second.flags(), [""; 0]);
        let of_mine = b.get(&format!("engagements/{mine}/flags")).expect(200);
        for answer in [&second, &b.get("flags").expect(200), &of_mine] {
            assert!(!answer.text.contains(&hidden), "{}", answer.text);
            let lines = answer.body["restricted"].as_array().expect("lines");
            assert_eq!(lines.len(), 1);
            let mut members: Vec<&String> = lines[0].as_object().expect("a line").keys().collect();
            members.sort();
            assert_eq!(
                members,
                ["class", "entry", "id", "kind", "organizations", "severity", "summaries"]
            );
            for member in ["kind", "severity", "organizations", "summaries"] {
                assert!(matches!(&lines[0][member], Value::Null | Value::Array(_)));
                assert_eq!(lines[0][member].as_array().map_or(0, Vec::len), 0);
            }
            assert_eq!(
                (&lines[0]["class"], &lines[0]["entry"]),
                (&json!("conflict"), &json!(mine))
            );
            let path = format!("flags/{}", lines[0]["id"].as_str().expect("an id"));
            is_problem(&b.get(&path), 404, "not_found");
        }
        // The owner of the hidden line reads both, and so the flag.
        assert_eq!(states(&a), ["contradiction critical open"]);
        let flag = super::id_of(&a.get("flags").expect(200).body["items"][0]);
        for person in [&b, &c, &desk] {
            is_problem(&person.get(&format!("flags/{flag}")), 404, "not_found");
            let step = json!({"state": "acknowledged"});
            is_problem(&person.post(&format!("flags/{flag}/steps"), &step), 404, "not_found");
        }
        for person in [&c, &desk] {
            let list = person.get("flags").expect(200);
            assert_eq!((list.flags().len(), restricted(&list).len()), (0, 0));
            let of_b = person.get(&format!("engagements/{mine}/flags")).expect(200);
            assert_eq!((of_b.flags().len(), restricted(&of_b).len()), (0, 0));
        }
    });
}

#[test]
fn there_is_one_line_for_each_entry_and_class() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for _ in 0..2 {
            logged(&a, &own_line("a", "north", &asks(&["open_route", "allow_movement"])));
        }
        let same = b.post("engagements", &line("b", "north", &asks(&["allow_movement"])));
        assert_eq!(restricted(&same.expect(201)), ["overlap"]);
        let both =
            b.post("engagements", &line("b", "north", &asks(&["allow_movement", "close_route"])));
        assert_eq!(restricted(&both.expect(201)), ["conflict", "overlap"]);
        assert_eq!(restricted(&b.get("flags").expect(200)), ["conflict", "overlap", "overlap"]);
    });
}

#[test]
fn who_discloses_nothing_is_not_told_of() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let secret = json!({"disclosure": "none"});
        let hidden = with(&own_line("a", "north", &asks(&["open_route"])), &secret);
        let before = b.get("flags").expect(200).text;
        logged(&a, &hidden);
        let second = b.post("engagements", &line("b", "north", &asks(&["close_route"])));
        let second = second.expect(201);
        assert_eq!((second.flags().len(), restricted(&second).len()), (0, 0));
        assert_eq!(b.get("flags").expect(200).text, before);
        assert_eq!(states(&a), ["contradiction critical open"]);
        registry.verify();
    });
}

#[test]
fn what_goes_well_with_a_hidden_line_is_not_told() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let second = b.post("engagements", &line("b", "north", &asks(&["allow_movement"])));
        let second = second.expect(201);
        assert_eq!((second.flags().len(), restricted(&second).len()), (0, 0));
        let third = a.post("engagements", &line("a", "north", &asks(&["allow_passage"])));
        assert_eq!(third.expect(201).flags(), ["reinforcing info"]);
    });
}

#[test]
fn a_flag_is_shown_only_to_who_reads_all_that_it_is_between() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (c, desk) = (registry.member("demo", "c"), registry.desk("demo"));
        let visits = |days: &[&str]| -> Value {
            json!({"contacts": days.iter().map(|on| json!({"on": on})).collect::<Value>()})
        };
        logged(&a, &with(&line("a", "north", &json!([])), &visits(&["2026-03-10", "2026-03-11"])));
        logged(&b, &with(&line("b", "north", &json!([])), &visits(&["2026-03-12"])));
        let hidden = with(&own_line("c", "north", &json!([])), &visits(&["2026-03-13"]));
        let logged = c.post("engagements", &hidden).expect(201);
        assert_eq!(logged.flags(), ["saturation medium"]);
        for person in [&a, &b] {
            let list = person.get("flags").expect(200);
            assert_eq!(list.flags(), [""; 0]);
            assert_eq!(restricted(&list), ["overlap"]);
        }
        let list = desk.get("flags").expect(200);
        assert_eq!((list.flags().len(), restricted(&list).len()), (0, 0));
    });
}

#[test]
fn a_commitment_is_read_as_the_line_that_it_came_from() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let origin = logged(&a, &own_line("a", "north", &json!([])));
        let promise = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 24}});
        let kept = super::made(&a, "commitments", &with(&promise, &json!({"engagement": origin})));
        is_problem(&b.get(&format!("commitments/{kept}")), 404, "not_found");
        assert!(!b.get("commitments").expect(200).text.contains(&kept));
        let ask = json!([{"issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 48}}]);
        let asked = b.post("engagements", &line("b", "north", &ask)).expect(201);
        assert_eq!(asked.flags(), [""; 0]);
        assert_eq!(restricted(&asked), ["conflict"]);
        assert_eq!(states(&a), ["undercuts_commitment high open"]);
        let refused = a.amend(&format!("commitments/{kept}"), &json!({"audience": "operation"}));
        super::is_fault(&refused, "/audience", "inconsistent");
        let own = super::made(&a, "commitments", &promise);
        is_problem(&b.get(&format!("commitments/{own}")), 404, "not_found");
        a.amend(&format!("commitments/{own}"), &json!({"audience": "operation"})).expect(200);
        b.get(&format!("commitments/{own}")).expect(200);
        let given_away = a.amend(&format!("commitments/{own}"), &json!({"organization": "b"}));
        is_problem(&given_away, 403, "forbidden");
        let of_b = logged(&b, &line("b", "south", &json!([])));
        let moved =
            json!({"engagement": of_b, "organization": null, "audience": null, "disclosure": null});
        is_problem(&a.amend(&format!("commitments/{own}"), &moved), 403, "forbidden");
        registry.verify();
    });
}
