//! What counts as told of lines that one may not read, and what waits with what waits.

use concord_app::people::give_role;
use concord_domain::vocabulary::Role;
use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{
    asks,
    checking::{question, with_budgets, word},
    is_problem, logged, own_line, restricted,
    retractions::retract,
    with,
};

#[test]
fn a_line_that_stays_when_its_entry_moves_says_something_anew() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [20, 60, 5, 30]);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        for actor in ["north", "south"] {
            logged(&a, &own_line("a", actor, &asks(&["open_route"])));
        }
        let own = logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let path = format!("engagements/{own}");
        let none = question("b", "south", &["allow_passage"]);
        // What else is asked there leaves the line as it was, and says nothing.
        let more = json!({"asks": asks(&["close_route", "allow_passage"])});
        assert_eq!(restricted(&b.amend(&path, &more).expect(200)), ["conflict"]);
        assert_eq!(word(&b, &none), "none_known");
        let later = json!({"issue": "access.movement.routes", "action": "close_route",
            "from": "2026-03-20", "until": "2026-03-25"});
        for change in [
            json!({"armed_actor": "south"}),
            json!({"level": "operational"}),
            json!({"asks": [later, asks(&["close_route"])[0]]}),
            json!({"asks": [later]}),
        ] {
            assert_eq!(word(&b, &none), "none_known");
            let moved = b.amend(&path, &change).expect(200);
            assert_eq!(restricted(&moved), ["conflict"], "{change}");
        }
        is_problem(&b.post("checks", &none), 429, "budget_spent");
    });
}

/// A line that only its owner reads, with a visit on that day, and that discloses a match.
fn visited(organization: &str, on: &str) -> Value {
    let visit = json!({"contacts": [{"on": on}], "disclosure": "match"});
    with(&own_line(organization, "north", &json!([])), &visit)
}

#[test]
fn what_waits_is_not_told_by_another_entry_of_the_same_organisation() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [2, 60, 10, 30]);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &visited("a", "2026-03-10"));
        logged(&registry.member("demo", "c"), &visited("c", "2026-03-11"));
        logged(&b, &visited("b", "2026-03-12"));
        let second = logged(&b, &line("b", "south", &json!([])));
        // With this visit they are too many.
        let path = format!("engagements/{second}");
        let visit = json!({"armed_actor": "north", "contacts": [{"on": "2026-03-13"}]});
        assert_eq!(restricted(&b.amend(&path, &visit).expect(200)), [""; 0]);
        assert_eq!(restricted(&b.get("flags").expect(200)), [""; 0]);
        // Nor once it goes on being changed.
        let later = json!({"contacts": [{"on": "2026-03-14"}]});
        b.amend(&path, &later).expect(200);
        assert_eq!(restricted(&b.get("flags").expect(200)), [""; 0]);
        registry.pass_days(1);
        let b = registry.signed_in(&b.login, "demo");
        assert_eq!(restricted(&b.get("flags").expect(200)), ["overlap", "overlap"]);
        registry.verify();
    });
}

#[test]
fn what_waits_with_it_waits_whatever_is_hidden() {
    on_each_database(|registry: &Registry| {
        let waiting = ["hidden", "alone"].map(|key| {
            let mut world = small_world();
            let members = json!({"key": key, "questions_per_person": 2});
            world["operation"] = with(&world["operation"], &members);
            registry.import(&world);
            if key == "hidden" {
                logged(&registry.member(key, "a"), &visited("a", "2026-03-10"));
                logged(&registry.member(key, "c"), &visited("c", "2026-03-11"));
            }
            let b = registry.member(key, "b");
            logged(&b, &visited("b", "2026-03-12"));
            let second = logged(&b, &line("b", "south", &json!([])));
            let visit = json!({"armed_actor": "north", "contacts": [{"on": "2026-03-13"}]});
            b.amend(&format!("engagements/{second}"), &visit).expect(200);
            let waiting = registry.desk(key).get("desk/waiting").expect(200);
            waiting.body["items"][0]["entries"].clone()
        });
        assert_eq!(waiting, [2, 2]);
    });
}

#[test]
fn one_who_acts_for_two_does_not_see_by_the_other_what_waits() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [2, 60, 10, 30]);
        logged(&registry.member("demo", "a"), &visited("a", "2026-03-10"));
        let b = registry.member("demo", "b");
        give_role(&registry.app, "demo", &b.login, Role::Member, Some("c")).expect("a role");
        let b = registry.signed_in(&b.login, "demo");
        logged(&b, &visited("c", "2026-03-11"));
        logged(&b, &visited("b", "2026-03-12"));
        logged(&b, &visited("b", "2026-03-13"));
        assert_eq!(restricted(&b.get("flags").expect(200)), [""; 0]);
        for shown in [2, 3] {
            registry.pass_days(1);
            let b = registry.signed_in(&b.login, "demo");
            assert_eq!(restricted(&b.get("flags").expect(200)), vec!["overlap"; shown]);
        }
    });
}

#[test]
fn an_entry_that_is_over_tells_nothing_of_others_when_its_visits_are_taken_away() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [20, 60, 2, 30]);
        let b = registry.member("demo", "b");
        let path = format!("engagements/{}", too_many(registry, &b));
        b.amend(&path, &json!({"status": "concluded"})).expect(200);
        b.amend(&path, &json!({"contacts": []})).expect(200);
        let any = question("b", "south", &["allow_passage"]);
        is_problem(&b.post("checks", &any), 429, "budget_spent");
    });
}

#[test]
fn what_retracting_an_entry_tells_of_another_counts() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [20, 60, 2, 30]);
        let b = registry.member("demo", "b");
        let second = too_many(registry, &b);
        retract(&b, &format!("engagements/{second}")).expect(200);
        assert_eq!(restricted(&b.get("flags").expect(200)), [""; 0]);
        let any = question("b", "south", &["allow_passage"]);
        is_problem(&b.post("checks", &any), 429, "budget_spent");
    });
}

#[test]
fn what_retracting_an_entry_tells_of_another_waits_where_all_is_told() {
    on_each_database(|registry: &Registry| {
        with_budgets(registry, [20, 60, 1, 30]);
        let b = registry.member("demo", "b");
        let second = too_many(registry, &b);
        retract(&b, &format!("engagements/{second}")).expect(200);
        assert_eq!(restricted(&b.get("flags").expect(200)), ["overlap"]);
        registry.verify();
    });
}

/// Four visits of three organisations, the last two by this member's, which is told once that they
/// are too many; the last one's entry.
fn too_many(registry: &Registry, b: &Person<'_>) -> String {
    logged(&registry.member("demo", "a"), &visited("a", "2026-03-10"));
    logged(&registry.member("demo", "c"), &visited("c", "2026-03-11"));
    logged(b, &visited("b", "2026-03-12"));
    let second = logged(b, &visited("b", "2026-03-13"));
    assert_eq!(restricted(&b.get("flags").expect(200)), ["overlap", "overlap"]);
    second
}
