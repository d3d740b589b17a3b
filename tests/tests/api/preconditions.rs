//! Changing what one has read, and nothing else.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::json;

use super::{asks, id_of, is_problem, logged, with};

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn a_change_says_which_state_it_is_based_on() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
        let id = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let path = format!("engagements/{id}");
        let first = a.get(&path).expect(200);
        let ask = id_of(&first.body["asks"][0]);
        let json = [("content-type", "application/json")];
        let sharing = br#"{"audience":"own","disclosure":"none","reason":"Asked for"}"#;
        let requests: [(&str, String, &[u8]); 3] = [
            ("PATCH", path.clone(), br#"{"status":"suspended"}"#),
            ("PATCH", format!("{path}/asks/{ask}"), br#"{"status":"granted"}"#),
            ("POST", format!("{path}/tightening"), sharing),
        ];
        for (method, path, body) in &requests {
            let without = a.request(method, path, &json, Some(body));
            is_problem(&without, 428, "precondition_required");
            let stale = [json[0], ("if-match", "\"0123456789abcdef0123456789abcdef\"")];
            is_problem(&a.request(method, path, &stale, Some(body)), 412, "stale");
        }
        assert_eq!(a.get(&path).expect(200).etag(), first.etag());
        let second = a.patch(&path, &first.etag(), &json!({"summary": "Said"})).expect(200);
        let stale = a.patch(&path, &first.etag(), &json!({"summary": "Said again"}));
        is_problem(&stale, 412, "stale");
        let either = format!("{}, {}", first.etag(), second.etag());
        a.patch(&path, &either, &json!({"summary": "Said again"})).expect(200);

        let actor = id_of(&desk.get("armed-actors").expect(200).body["items"][0]);
        for (path, body) in [
            (format!("armed-actors/{actor}/move"), json!({"parent": null})),
            (format!("armed-actors/{actor}/merge"), json!({"into": "south"})),
        ] {
            is_problem(&desk.post(&path, &body), 428, "precondition_required");
            is_problem(&desk.post_matching(&path, "\"other\"", &body), 412, "stale");
        }
        let body = Some(br#"{"slack_days":3}"#.as_slice());
        let without = desk.request("PATCH", "/v1/operations/demo", &json, body);
        is_problem(&without, 428, "precondition_required");
    });
}

#[test]
fn missing_comes_before_forbidden_before_stale_before_wrong() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let id = logged(&a, &line("a", "north", &json!([])));
        let json = [("content-type", "application/json")];
        let wrong = Some(br#"{"status":7}"#.as_slice());
        let path = format!("engagements/{id}");
        let missing = format!("engagements/{MISSING}");
        is_problem(&b.request("PATCH", &missing, &json, wrong), 404, "not_found");
        is_problem(&b.patch(&missing, "\"stale\"", &json!({"status": 7})), 404, "not_found");
        is_problem(&b.request("PATCH", &path, &json, wrong), 403, "forbidden");
        is_problem(&b.patch(&path, "\"stale\"", &json!({"status": 7})), 403, "forbidden");
        is_problem(&a.request("PATCH", &path, &json, wrong), 428, "precondition_required");
        is_problem(&a.patch(&path, "\"stale\"", &json!({"status": 7})), 412, "stale");
        is_problem(&a.amend(&path, &json!({"status": 7})), 422, "invalid");
    });
}

#[test]
fn what_is_known_already_is_not_sent_again() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let id = logged(&a, &line("a", "north", &json!([])));
        let path = format!("engagements/{id}");
        let read = a.get(&path).expect(200);
        let etag = read.etag();
        let again = a.request("GET", &path, &[("if-none-match", &etag)], None);
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        assert_eq!(again.etag(), etag);
        let list = format!("\"other\", {etag}");
        assert_eq!(a.request("GET", &path, &[("if-none-match", &list)], None).status, 304);
        let weak = format!("W/{etag}");
        assert_eq!(a.request("GET", &path, &[("if-none-match", &weak)], None).status, 304);
        // It is asked when reading alone.
        let headers = [
            ("content-type", "application/json"),
            ("if-match", etag.as_str()),
            ("if-none-match", etag.as_str()),
        ];
        a.request("PATCH", &path, &headers, Some(b"{}")).expect(200);
        a.amend(&path, &json!({"summary": "Said"})).expect(200);
        a.request("GET", &path, &[("if-none-match", &etag)], None).expect(200);
    });
}

#[test]
fn a_tag_is_of_what_its_reader_sees() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let hidden =
            logged(&a, &with(&line("a", "north", &json!([])), &json!({"audience": "own"})));
        let body = with(&line("a", "south", &json!([])), &json!({"follows": [hidden]}));
        let path = format!("engagements/{}", logged(&a, &body));
        let (of_a, of_b) = (a.get(&path).expect(200), b.get(&path).expect(200));
        assert_ne!(of_a.etag(), of_b.etag());
        assert_eq!(of_a.body["follows"], json!([hidden]));
        assert_eq!(of_b.body["follows"], json!([]));
        // Whose tag it is does not change with what only the other sees.
        a.amend(&path, &json!({"follows": []})).expect(200);
        assert_eq!(b.get(&path).expect(200).etag(), of_b.etag());
        assert_ne!(a.get(&path).expect(200).etag(), of_a.etag());
    });
}
