//! Asks, demands and contacts one at a time.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{asks, id_of, is_fault, is_problem, logged, states};

#[test]
fn an_ask_is_added_and_amended_by_itself_and_flags_follow() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let id = logged(&a, &line("a", "north", &json!([])));
        let list = format!("engagements/{id}/asks");
        let ask = json!({"issue": "access.movement.routes", "action": "open_route"});
        let added = a.post(&list, &ask).expect(201);
        assert_eq!(added.flags(), ["contradiction critical"]);
        let ask = id_of(&added.body["engagement"]["asks"][0]);
        let one = format!("{list}/{ask}");
        let amended = a.patch(&one, &added.etag(), &json!({"terms": {"route": "Leer to Adok"}}));
        let amended = amended.expect(200);
        assert_eq!(amended.body["engagement"]["asks"][0]["id"], ask);
        assert_eq!(amended.body["engagement"]["asks"][0]["action"], "open_route");
        assert_eq!(amended.flags(), ["contradiction critical"]);
        let withdrawn = a.patch(&one, &amended.etag(), &json!({"status": "withdrawn"}));
        assert_eq!(withdrawn.expect(200).flags(), [""; 0]);
        assert_eq!(states(&a), ["contradiction critical lapsed"]);
        let cleared = a.amend(&one, &json!({"terms": null, "status": null})).expect(200);
        assert_eq!(cleared.body["engagement"]["asks"][0]["terms"], json!({}));
        assert_eq!(cleared.flags(), ["contradiction critical"]);
        registry.verify();
    });
}

#[test]
fn a_demand_and_its_answer_are_added_and_amended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let mut refuses = line("b", "north", &json!([]));
        refuses["demands"] = json!([{"kind": "fee", "response": "declined"}]);
        logged(&b, &refuses);
        let id = logged(&a, &line("a", "north", &json!([])));
        let list = format!("engagements/{id}/demands");
        let added = a.post(&list, &json!({"kind": "fee", "response": "negotiating"})).expect(201);
        assert_eq!(added.flags(), [""; 0]);
        let demand = id_of(&added.body["engagement"]["demands"][0]);
        let one = format!("{list}/{demand}");
        let paid = a.patch(&one, &added.etag(), &json!({"response": "accepted"})).expect(200);
        assert_eq!(paid.flags(), ["divergent_response high"]);
        assert_eq!(paid.body["engagement"]["demands"][0]["kind"], "fee");
        registry.verify();
    });
}

#[test]
fn contacts_are_noted_one_at_a_time() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &json!([])));
        let list = format!("engagements/{id}/contacts");
        a.post(&list, &json!({"on": "2026-03-02"})).expect(201);
        let noted = a.post(&list, &json!({"on": "2026-03-05", "note": "At the bridge"}));
        let contacts = noted.expect(201).body["engagement"]["contacts"].clone();
        let days: Vec<&Value> =
            contacts.as_array().expect("contacts").iter().map(|each| &each["on"]).collect();
        assert_eq!(days, ["2026-03-02", "2026-03-05"]);
        is_fault(&a.post(&list, &json!({})), "/contacts/2/on", "missing");
    });
}

#[test]
fn a_part_is_only_that_of_its_engagement() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let one = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let other = logged(&a, &line("a", "south", &asks(&["open_route"])));
        let ask = id_of(&a.get(&format!("engagements/{one}")).expect(200).body["asks"][0]);
        let change = json!({"status": "granted"});
        for path in [
            format!("engagements/{other}/asks/{ask}"),
            format!("engagements/{one}/demands/{ask}"),
            format!("engagements/{one}/asks/{one}"),
            format!("engagements/{one}/asks/no-id"),
        ] {
            is_problem(&a.amend(&path, &change), 404, "not_found");
        }
        a.amend(&format!("engagements/{one}/asks/{ask}"), &change).expect(200);
    });
}

#[test]
fn a_change_of_a_part_is_an_object_and_keeps_its_key() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let read = a.get(&format!("engagements/{id}")).expect(200);
        let ask = id_of(&read.body["asks"][0]);
        let one = format!("engagements/{id}/asks/{ask}");
        for body in [json!([]), json!("granted"), json!(null), json!(7)] {
            is_fault(&a.amend(&one, &body), "/asks/0", "wrong_type");
        }
        is_fault(&a.amend(&one, &json!({"key": "other"})), "/asks/0/key", "inconsistent");
        is_fault(&a.amend(&one, &json!({"stat": "open"})), "/asks/0/stat", "unknown_member");
        is_fault(&a.amend(&one, &json!({"issue": null})), "/asks/0/issue", "missing");
        a.amend(&one, &json!({"key": read.body["asks"][0]["key"]})).expect(200);
        let after = a.get(&format!("engagements/{id}")).expect(200);
        assert_eq!(after.etag(), read.etag());
    });
}
