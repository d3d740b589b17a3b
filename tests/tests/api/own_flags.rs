//! The flags that are one's own, and those that still wait for somebody.

use concord_app::people::give_role;
use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Registry, line, on_each_database, small_world};
use serde_json::json;

use super::{asks, id_of, is_problem, logged, made};

fn ids(answer: &Answer) -> Vec<String> {
    answer.body["items"].as_array().expect("a list").iter().map(id_of).collect()
}

#[test]
fn flags_are_listed_by_whose_they_are_and_by_whether_they_are_over() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b, c) = (
            registry.member("demo", "a"),
            registry.member("demo", "b"),
            registry.member("demo", "c"),
        );
        logged(&a, &line("a", "north", &asks(&["open_route", "allow_movement"])));
        logged(&b, &line("b", "north", &asks(&["close_route", "allow_movement"])));
        let all = ids(&a.get("flags").expect(200));
        assert_eq!(ids(&c.get("flags").expect(200)), all);
        assert_eq!(ids(&a.get("flags?own=true").expect(200)), all);
        assert_eq!(ids(&a.get("flags?own=false").expect(200)), all);
        assert_eq!(ids(&c.get("flags?own=true").expect(200)), [""; 0]);
        assert_eq!(ids(&a.get("flags?over=false").expect(200)), all);
        assert_eq!(ids(&a.get("flags?over=true").expect(200)), [""; 0]);
        let steps = format!("flags/{}/steps", all[0]);
        a.post(&steps, &json!({"state": "resolved", "resolution": "sequenced"})).expect(200);
        assert_eq!(ids(&a.get("flags?over=true&own=true").expect(200)), all[..1]);
        assert_eq!(ids(&a.get("flags?over=false&own=true").expect(200)), all[1..]);
        // A cursor is good for the list that it was given for.
        let first = a.get("flags?limit=1").expect(200);
        let cursor = first.body["next"].as_str().expect("a cursor");
        is_problem(&a.get(&format!("flags?own=true&cursor={cursor}")), 422, "invalid");
    });
}

#[test]
fn the_flags_of_a_commitment_that_is_handed_over_are_of_who_has_it_now() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        give_role(&registry.app, "demo", &a.login, Role::Member, Some("c")).expect("a role");
        let a = registry.signed_in(&a.login, "demo");
        let promise = made(
            &a,
            "commitments",
            &json!({"organization": "a", "armed_actor": "north", "kind": "verbal_assurance",
                "issue": "access.movement.checkpoints", "action": "allow_passage",
                "terms": {"notice_hours": 24}}),
        );
        let ask = json!([{"issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 48}}]);
        logged(&b, &line("b", "north", &ask));
        let (of_a, of_c) = (registry.member("demo", "a"), registry.member("demo", "c"));
        let own = |person: &concord_tests::Person<'_>| {
            ids(&person.get("flags?own=true").expect(200)).len()
        };
        assert_eq!((own(&of_a), own(&of_c)), (1, 0));
        registry.verify();
        let handed_over = json!({"organization": "c"});
        a.amend(&format!("commitments/{promise}"), &handed_over).expect(200);
        assert_eq!((own(&of_a), own(&of_c)), (0, 1));
        registry.verify();
    });
}
