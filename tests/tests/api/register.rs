//! Leads, common positions and commitments, and what else re-evaluates.

use concord_tests::{Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_problem, logged, made, states, with};

fn found(person: &Person<'_>, list: &str, key: &str) -> String {
    let items = person.get(list).expect(200).body["items"].clone();
    let one = items.as_array().into_iter().flatten().find(|each| each["key"] == key).cloned();
    format!("{list}/{}", id_of(&one.expect("it is there")))
}

#[test]
fn a_lead_raises_and_clears_as_it_is_made_and_amended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let body = json!({"armed_actor": "group", "organization": "b", "mechanism": "awg"});
        is_problem(&a.post("leads", &body), 403, "forbidden");
        let lead = format!("leads/{}", made(&desk, "leads", &body));
        assert_eq!(states(&a), ["lead_bypass medium open"]);
        is_problem(&a.amend(&lead, &json!({"organization": "a"})), 403, "forbidden");
        desk.amend(&lead, &json!({"level": "strategic"})).expect(200);
        assert_eq!(states(&a), ["lead_bypass medium lapsed"]);
        desk.amend(&lead, &json!({"level": null, "issue": "access"})).expect(200);
        assert_eq!(states(&a), ["lead_bypass medium open"]);
        for cleared in [
            json!({"issue": "protection"}),
            json!({"issue": null, "armed_actor": "south"}),
            json!({"armed_actor": "group", "until": "2026-02-01"}),
            json!({"until": null, "organization": "a"}),
        ] {
            desk.amend(&lead, &cleared).expect(200);
            assert_eq!(states(&a), ["lead_bypass medium lapsed"], "{cleared}");
            registry.verify();
        }
        desk.amend(&lead, &json!({"organization": "b"})).expect(200);
        assert_eq!(states(&a), ["lead_bypass medium open"]);
        a.amend(&format!("engagements/{id}"), &json!({"informed": ["awg"]})).expect(200);
        assert_eq!(states(&a), ["lead_bypass medium lapsed"]);
        registry.verify();
    });
}

#[test]
fn a_common_position_raises_and_clears_as_it_is_made_and_amended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let paid = json!([{"issue": "access.movement.routes", "action": "open_route", "offer": "payment"}]);
        let body = with(&line("a", "north", &paid), &json!({"places": ["leer"]}));
        logged(&a, &body);
        let position = json!({"title": "No payment for passage", "issue": "access"});
        is_problem(&a.post("common-positions", &position), 403, "forbidden");
        let path = format!("common-positions/{}", made(&desk, "common-positions", &position));
        assert_eq!(states(&a), [""; 0]);
        desk.amend(&path, &json!({"excludes_offers": ["payment"]})).expect(200);
        assert_eq!(states(&a), ["below_common_position high open"]);
        for (cleared, back) in [
            (json!({"places": ["koch"]}), json!({"places": ["unity"]})),
            (json!({"armed_actor": "south"}), json!({"armed_actor": "group"})),
            (json!({"issue": "protection"}), json!({"issue": "access.movement"})),
            (json!({"excludes_offers": []}), json!({"excludes_actions": ["open_route"]})),
        ] {
            desk.amend(&path, &cleared).expect(200);
            assert_eq!(states(&a), ["below_common_position high lapsed"], "{cleared}");
            desk.amend(&path, &back).expect(200);
            assert_eq!(states(&a), ["below_common_position high open"], "{back}");
            registry.verify();
        }
    });
}

#[test]
fn a_commitment_raises_and_clears_as_it_is_made_and_amended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let passage = |hours: u32| {
            json!({"issue": "access.movement.checkpoints",
            "action": "allow_passage", "terms": {"notice_hours": hours}})
        };
        let origin = logged(&b, &line("b", "north", &json!([])));
        logged(&a, &line("a", "north", &json!([passage(72)])));
        let body = with(
            &passage(24),
            &json!({"armed_actor": "group",
            "kind": "written_agreement", "engagement": origin}),
        );
        is_problem(&a.post("commitments", &body), 403, "forbidden");
        let path = format!("commitments/{}", made(&b, "commitments", &body));
        assert_eq!(states(&a), ["undercuts_commitment high open"]);
        is_problem(&a.amend(&path, &json!({"status": "ended"})), 403, "forbidden");
        for (cleared, back) in [
            (json!({"status": "breached"}), json!({"status": "in_force"})),
            (json!({"terms": {"notice_hours": 72.0}}), json!({"terms": {"notice_hours": 24}})),
            (json!({"until": "2026-02-27"}), json!({"until": null})),
        ] {
            b.amend(&path, &cleared).expect(200);
            assert_eq!(states(&a), ["undercuts_commitment high lapsed"], "{cleared}");
            registry.verify();
            b.amend(&path, &back).expect(200);
            assert_eq!(states(&a), ["undercuts_commitment high open"], "{back}");
        }
        let other = logged(&a, &line("a", "south", &json!([])));
        let uneven = with(
            &passage(48),
            &json!({"armed_actor": "group",
            "kind": "verbal_assurance", "engagement": other}),
        );
        made(&a, "commitments", &uneven);
        let kinds: Vec<String> = states(&a);
        assert!(kinds.contains(&"uneven_terms medium open".to_owned()), "{kinds:?}");
        registry.verify();
    });
}

#[test]
fn an_organisation_that_comes_to_be_community_led_is_followed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        logged(&a, &line("a", "north", &asks(&["allow_movement"])));
        let b = registry.member("demo", "b");
        logged(&b, &line("b", "north", &asks(&["allow_movement"])));
        assert_eq!(states(&a), ["duplication medium open"]);
        let path = found(&desk, "organizations", "b");
        is_problem(&b.amend(&path, &json!({"kind": "community"})), 403, "forbidden");
        desk.amend(&path, &json!({"kind": "womens_group"})).expect(200);
        // Raised in one instant, they come in the order of their ids.
        let by_kind = || {
            let mut states = states(&a);
            states.sort();
            states
        };
        assert_eq!(by_kind(), ["community_bypass medium open", "duplication medium lapsed"]);
        desk.amend(&path, &json!({"kind": "ingo"})).expect(200);
        assert_eq!(by_kind(), ["community_bypass medium lapsed", "duplication medium open"]);
        registry.verify();
    });
}

#[test]
fn another_slack_changes_what_meets() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let ends = json!({"until": "2026-03-05"});
        logged(&a, &with(&line("a", "north", &asks(&["open_route"])), &ends));
        let b = registry.member("demo", "b");
        let begins = json!({"from": "2026-03-12"});
        logged(&b, &with(&line("b", "north", &asks(&["close_route"])), &begins));
        assert_eq!(states(&a), ["contradiction critical open"]);
        for (slack, state) in [(3, "lapsed"), (10, "open"), (9, "lapsed"), (365, "open")] {
            desk.amend("/v1/operations/demo", &json!({"slack_days": slack})).expect(200);
            assert_eq!(states(&a), [format!("contradiction critical {state}")], "{slack}");
            registry.verify();
        }
        desk.amend("/v1/operations/demo", &json!({"slack_days": null})).expect(200);
        let read = desk.get("/v1/operations/demo").expect(200).body;
        assert_eq!(read["slack_days"], 14);
    });
}

#[test]
fn the_first_request_of_a_day_finds_what_the_day_changed() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["leads"] = json!([{"key": "l", "armed_actor": "group", "organization": "c",
            "until": "2026-03-16"}]);
        world["commitments"] = json!([{"key": "c", "armed_actor": "north",
            "kind": "verbal_assurance", "issue": "access.movement.routes", "action": "open_route",
            "terms": {"users": "All"}, "until": "2026-03-18"}]);
        registry.import(&world);
        let a = registry.member("demo", "a");
        let road = json!([{"issue": "access.movement.routes", "action": "open_route",
            "terms": {"users": "Traders"}}]);
        logged(&a, &with(&line("a", "north", &road), &json!({"until": "2026-03-20"})));
        let holding = || -> Vec<String> {
            // A token ends before the day does.
            let person = registry.member("demo", "a");
            let mut flags = person.get("flags?holds=true").expect(200).flags();
            flags.sort();
            registry.verify();
            flags
        };
        let bypass = "lead_bypass medium";
        let undercuts = "undercuts_commitment high";
        assert_eq!(holding(), [bypass, undercuts]);
        registry.pass_days(1);
        assert_eq!(holding(), [bypass, undercuts]);
        registry.pass_days(1);
        assert_eq!(holding(), [undercuts]);
        registry.pass_days(2);
        assert_eq!(holding(), [""; 0]);
    });
}

#[test]
fn a_line_is_over_when_its_slack_has_passed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let visits = |days: &[&str]| -> Value {
            json!({"contacts": days.iter().map(|on| json!({"on": on})).collect::<Value>()})
        };
        let ends = json!({"until": "2026-03-15"});
        let first = with(&line("a", "north", &asks(&["open_route"])), &ends);
        logged(&a, &with(&first, &visits(&["2026-03-10", "2026-03-11"])));
        let second = with(&line("b", "north", &asks(&["close_route"])), &visits(&["2026-03-12"]));
        logged(&b, &second);
        let c = registry.member("demo", "c");
        logged(&c, &with(&line("c", "north", &json!([])), &visits(&["2026-03-13"])));
        let both = ["contradiction critical open", "saturation medium open"];
        assert_eq!(states(&a), both);
        registry.pass_days(14);
        assert_eq!(states(&registry.member("demo", "a")), both);
        registry.pass_days(1);
        let over = ["contradiction critical lapsed", "saturation medium open"];
        assert_eq!(states(&registry.member("demo", "a")), over);
        // Contacts of more than four weeks ago do not count.
        registry.pass_days(9);
        let over = ["contradiction critical lapsed", "saturation medium lapsed"];
        assert_eq!(states(&registry.member("demo", "a")), over);
        registry.verify();
    });
}
