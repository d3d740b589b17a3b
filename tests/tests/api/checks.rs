//! Checking before a meeting.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, is_fault, is_problem, logged, own_line, with};

fn intention(organization: &str, armed_actor: &str, actions: &[&str]) -> Value {
    json!({"organization": organization, "armed_actor": armed_actor, "level": "tactical",
        "method": "negotiation", "from": "2026-03-20", "until": "2026-04-10", "places": ["leer"],
        "asks": asks(actions),
        "purpose": "A meeting on Thursday"})
}

#[test]
fn a_check_tells_what_it_would_raise_and_stores_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "group", &asks(&["open_route"])));
        let before = [b.get("engagements").expect(200).text, b.get("flags").expect(200).text];
        let found = b.post("checks", &intention("b", "north", &["close_route"])).expect(200);
        assert_eq!(found.flags(), ["contradiction critical"]);
        assert_eq!(found.body["flags"][0]["id"], Value::Null);
        assert_eq!(found.body["flags"][0]["state"], Value::Null);
        let note = found.body["note"].as_str().expect("a note");
        assert!(note.contains("no clearance"), "{note}");
        let other = json!({"asks": [{"issue": "protection", "action": "share_information"}]});
        let clear = with(&intention("b", "north", &[]), &other);
        let clear = b.post("checks", &clear).expect(200);
        assert_eq!(clear.flags(), [""; 0]);
        assert_eq!(clear.body["note"], found.body["note"]);
        let after = [b.get("engagements").expect(200).text, b.get("flags").expect(200).text];
        assert_eq!(before, after);
        assert_eq!(a.get("flags").expect(200).flags(), [""; 0]);
        registry.verify();
    });
}

#[test]
fn a_check_reads_the_register_and_the_community() {
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        world["leads"] = json!([{"key": "l", "armed_actor": "group", "organization": "c"}]);
        world["common_positions"] = json!([{"key": "p", "title": "No fee", "issue": "access",
            "refuses_demands": ["fee"]}]);
        registry.import(&world);
        let (a, elders) = (registry.member("demo", "a"), registry.member("demo", "elders"));
        logged(&elders, &line("elders", "north", &asks(&["allow_movement"])));
        let members = json!({"demands": [{"kind": "fee", "response": "accepted"}],
            "via": {"kind": "community_member"}});
        let body = with(&intention("a", "north", &["open_route"]), &members);
        let mut flags = a.post("checks", &body).expect(200).flags();
        flags.sort();
        let expected = [
            "below_common_position high",
            "community_bypass medium",
            "lead_bypass medium",
            "risk_transfer high",
        ];
        assert_eq!(flags, expected);
    });
}

#[test]
fn what_one_may_not_read_is_not_told_by_a_check() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let body = intention("b", "north", &["close_route", "allow_movement"]);
        let before = b.post("checks", &body).expect(200).body;
        for disclosure in ["none", "match", "summary", "existence"] {
            let told = json!({ "disclosure": disclosure });
            let hidden = own_line("a", "north", &asks(&["open_route", "allow_movement"]));
            let hidden = logged(&a, &with(&hidden, &told));
            let after = b.post("checks", &body).expect(200);
            assert_eq!(after.body["flags"], before["flags"], "{disclosure}");
            assert!(!after.text.contains(&hidden), "{disclosure}");
            let is_told = disclosure != "none";
            assert_eq!(after.body["word"] != before["word"], is_told, "{disclosure}");
        }
    });
}

#[test]
fn one_checks_for_the_own_organisation_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let of_b = intention("b", "north", &["open_route"]);
        is_problem(&a.post("checks", &of_b), 403, "forbidden");
        is_problem(&desk.post("checks", &of_b), 403, "forbidden");
        let good = intention("a", "north", &["open_route"]);
        for (members, pointer, code) in [
            (json!({"purpose": null}), "/purpose", "missing"),
            (json!({"armed_actor": "nobody"}), "/armed_actor", "unknown_reference"),
            (json!({"until": "2026-03-01"}), "/until", "reversed_window"),
            (json!({"status": "planned"}), "/status", "unknown_member"),
            (json!({"contacts": []}), "/contacts", "unknown_member"),
            (json!({"partners": ["a"]}), "/partners/0", "self_reference"),
        ] {
            is_fault(&a.post("checks", &with(&good, &members)), pointer, code);
        }
        let part = json!({"asks": [{"issue": "access", "action": "stop", "until": "2026-03-19"}]});
        is_fault(&a.post("checks", &with(&good, &part)), "/asks/0/until", "reversed_window");
        a.post("checks", &good).expect(200);
    });
}
