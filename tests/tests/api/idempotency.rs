//! Sending the same request again.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::json;

use super::{asks, id_of, is_problem, logged};

#[test]
fn the_same_request_makes_a_thing_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let body = line("a", "north", &asks(&["open_route"]));
        let first = a.post_with_key("engagements", "k-1", &body).expect(201);
        let id = id_of(&first.body["engagement"]);
        let again = a.post_with_key("engagements", "k-1", &body).expect(201);
        assert_eq!(id_of(&again.body["engagement"]), id);
        assert_eq!(again.header("location"), first.header("location"));
        let items = a.get("engagements").expect(200).body["items"].clone();
        assert_eq!(items.as_array().map(Vec::len), Some(1));

        // What is answered is as it stands now.
        a.amend(&format!("engagements/{id}"), &json!({"status": "suspended"})).expect(200);
        let later = a.post_with_key("engagements", "k-1", &body).expect(201);
        assert_eq!(later.body["engagement"]["status"], "suspended");

        let other = line("a", "south", &asks(&["open_route"]));
        let reused = a.post_with_key("engagements", "k-1", &other);
        is_problem(&reused, 422, "idempotency_key_reused");
        let kind = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop"});
        let reused = a.post_with_key("commitments", "k-1", &kind);
        is_problem(&reused, 422, "idempotency_key_reused");

        // Another person's key is another key.
        let of_b = line("b", "north", &asks(&["open_route"]));
        b.post_with_key("engagements", "k-1", &of_b).expect(201);
    });
}

#[test]
fn a_part_is_added_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &json!([])));
        let contacts = format!("engagements/{id}/contacts");
        let body = json!({"on": "2026-03-02"});
        for _ in 0..2 {
            let noted = a.post_with_key(&contacts, "c", &body).expect(201);
            assert_eq!(noted.body["engagement"]["contacts"].as_array().map(Vec::len), Some(1));
        }
        let reused = a.post_with_key(&contacts, "c", &json!({"on": "2026-03-03"}));
        is_problem(&reused, 422, "idempotency_key_reused");
        let other = logged(&a, &line("a", "south", &json!([])));
        let reused = a.post_with_key(&format!("engagements/{other}/contacts"), "c", &body);
        is_problem(&reused, 422, "idempotency_key_reused");
        let asks = format!("engagements/{id}/asks");
        let ask = json!({"issue": "access", "action": "stop"});
        let one = a.post_with_key(&asks, "k", &ask).expect(201);
        let two = a.post_with_key(&asks, "k", &ask).expect(201);
        assert_eq!(one.body["engagement"]["asks"], two.body["engagement"]["asks"]);
    });
}

#[test]
fn what_was_refused_used_no_key() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let wrong = line("a", "nobody", &json!([]));
        is_problem(&a.post_with_key("engagements", "k", &wrong), 422, "invalid");
        let right = line("a", "north", &json!([]));
        a.post_with_key("engagements", "k", &right).expect(201);
    });
}

#[test]
fn a_key_is_written_in_visible_characters() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let body = line("a", "north", &json!([]));
        for key in ["", &"k".repeat(101), "k\u{e9}", "a b"] {
            is_problem(&a.post_with_key("engagements", key, &body), 400, "malformed");
        }
        assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
        a.post_with_key("engagements", &"k".repeat(100), &body).expect(201);
    });
}

#[test]
fn an_operation_is_made_once_under_one_key() {
    on_each_database(|registry: &Registry| {
        let administrator = registry.administrator();
        let body = json!({"key": "new", "name": "New"});
        let make = |body| administrator.post_with_key("/v1/operations", "k", body);
        let first = make(&body).expect(201);
        assert_eq!(make(&body).expect(201).body, first.body);
        is_problem(&make(&json!({"key": "other", "name": "Other"})), 422, "idempotency_key_reused");
        let taken = administrator.post("/v1/operations", &body).expect(422);
        assert_eq!(taken.faults(), [("/key".to_owned(), "duplicate_key".to_owned())]);
    });
}
