//! How a request is written, and how large it may be.

use concord_tests::{Database, Person, Registry, line, small_world};
use serde_json::json;

use super::{is_fault, is_problem, with};

const JSON: (&str, &str) = ("content-type", "application/json");

fn send(person: &Person<'_>, body: &[u8]) -> concord_tests::Answer {
    person.request("POST", "engagements", &[JSON], Some(body))
}

#[test]
fn a_body_is_json_in_utf_8_and_not_too_deep() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let deep = format!("{{\"asks\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let bodies: [&[u8]; 13] = [
        br#"{"summary": "one", "summary": "two"}"#,
        br#"{"via": {"kind": "x", "\u006bind": "y"}}"#,
        br#"{"asks": [{"issue": 1, "issue": 1}]}"#,
        b"",
        b"{",
        b"{\"summary\": \"\xff\xfe\"}",
        b"{\"summary\": \"\xc3\"}",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"{\"a\": 1e999}",
        b"{'a': 1}",
        b"{\"a\": NaN}",
        deep.as_bytes(),
    ];
    for body in bodies {
        is_problem(&send(&a, body), 400, "malformed");
    }
    for body in ["[]", "null", "7", "\"text\"", "[[[[[[]]]]]]"] {
        is_fault(&send(&a, body.as_bytes()), "", "wrong_type");
    }
    let nested = format!("{{\"asks\":{}{}}}", "[".repeat(100), "]".repeat(100));
    is_fault(&send(&a, nested.as_bytes()), "/asks/0", "wrong_type");
    assert_eq!(a.get("engagements").expect(200).body["items"], json!([]));
}

#[test]
fn a_body_has_at_most_a_mebibyte() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let body = |bytes: usize| {
        let text = line("a", "north", &json!([])).to_string();
        let space = " ".repeat(bytes - text.len());
        [text.as_bytes(), space.as_bytes()].concat()
    };
    assert_eq!(send(&a, &body(1 << 20)).status, 201);
    is_problem(&send(&a, &body((1 << 20) + 1)), 413, "too_large");
    is_problem(&send(&a, &body(3 << 20)), 413, "too_large");
    // A bundle may be larger.
    let bundle = [small_world().to_string().as_bytes(), " ".repeat(2 << 20).as_bytes()].concat();
    assert_eq!(a.request("POST", "bundles", &[JSON], Some(&bundle)).status, 200);
}

#[test]
fn texts_and_lists_have_limits() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let body = line("a", "north", &json!([]));
    let contacts: Vec<_> = (0..501).map(|_| json!({"on": "2026-03-01"})).collect();
    for (members, pointer, code) in [
        (json!({"summary": "é".repeat(10_001)}), "/summary", "too_long"),
        (json!({"strategy": "é".repeat(301)}), "/strategy", "too_long"),
        (json!({"key": "k".repeat(65)}), "/key", "malformed"),
        (json!({"key": "a key"}), "/key", "malformed"),
        (json!({"key": ""}), "/key", "malformed"),
        (json!({ "contacts": contacts }), "/contacts", "too_long"),
    ] {
        is_fault(&a.post("engagements", &with(&body, &members)), pointer, code);
    }
    let most = json!({"summary": "é".repeat(10_000), "strategy": "é".repeat(300),
        "key": "k".repeat(64)});
    a.post("engagements", &with(&body, &most)).expect(201);
}

#[test]
fn a_text_that_is_needed_is_more_than_space() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
    for blank in ["", " ", "\u{a0}\u{2003} "] {
        is_fault(&desk.post("places", &json!({"name": blank})), "/name", "missing");
        // One that may be left out is left out.
        let body = with(&line("a", "north", &json!([])), &json!({"strategy": blank}));
        let logged = a.post("engagements", &body).expect(201).body;
        assert_eq!(logged["engagement"]["strategy"], json!(null));
    }
}

#[test]
fn numbers_and_days_have_ranges() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (a, desk) = (registry.member("demo", "a"), registry.desk("demo"));
    let place = json!({"name": "Somewhere"});
    for (member, value) in [
        ("level", json!(11)),
        ("level", json!(-1)),
        ("level", json!(1.5)),
        ("level", json!(1e300)),
        ("lat", json!(90.1)),
        ("lat", json!(-1e300)),
        ("lon", json!(180.5)),
    ] {
        let refused = desk.post("places", &with(&place, &json!({member: value})));
        is_fault(&refused, &format!("/{member}"), "out_of_range");
    }
    for slack in [json!(3651), json!(-1), json!(u64::MAX), json!(0.5)] {
        let refused = desk.amend("/v1/operations/demo", &json!({"slack_days": slack}));
        is_fault(&refused, "/slack_days", "out_of_range");
    }
    let body = line("a", "north", &json!([]));
    for day in ["2026-02-29", "2026-3-1", "10000-01-01", "-001-01-01", "2026-03-01T00:00:00Z", ""] {
        let refused = a.post("engagements", &with(&body, &json!({"from": day})));
        is_fault(&refused, "/from", "malformed");
    }
    // The ends of the calendar are days like others.
    let always = json!({"from": "0001-01-01", "until": "9999-12-31",
        "asks": [{"issue": "access", "action": "stop", "until": "9999-12-31"}]});
    a.post("engagements", &with(&body, &always)).expect(201);
    let last = json!({"from": "9999-12-31", "until": "9999-12-31"});
    a.post("engagements", &with(&body, &last)).expect(201);
    registry.verify();
}

#[test]
fn a_request_goes_where_there_is_something() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let body = line("a", "north", &json!([])).to_string();
    let body = Some(body.as_bytes());
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let headers = [("content-type", kind)];
        let refused = a.request("POST", "engagements", &headers, body);
        is_problem(&refused, 415, "unsupported_media_type");
    }
    is_problem(&a.request("POST", "engagements", &[], body), 415, "unsupported_media_type");
    let charset = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(a.request("POST", "engagements", &charset, body).status, 201);

    for (method, path) in [
        ("DELETE", "engagements"),
        ("PUT", "engagements"),
        ("PATCH", "flags"),
        ("PUT", "checks"),
        ("GET", "bundles"),
        ("POST", "/v1/vocabulary"),
        ("TRACE", "engagements"),
    ] {
        is_problem(&a.request(method, path, &[JSON], None), 405, "method_not_allowed");
    }
    for path in ["/v1", "/v2/operations", "/v1/operations/demo/targets", "nothing/at/all"] {
        is_problem(&a.get(path), 404, "not_found");
    }
}

#[test]
fn parameters_that_are_not_known_are_refused() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    for path in [
        "engagements?armed_actor=north",
        "engagements?limit=2&Limit=3",
        "flags?kind=contradiction",
        "places/x?limit=1",
        "/v1/me?x",
        "/livez?verbose=1",
        "flags?state=closed",
        "engagements?limit=2&limit=2",
        "flags?holds=yes",
        "flags?holds=",
        "bundle?dry_run=true",
    ] {
        is_problem(&a.get(path), 400, "malformed");
    }
    is_problem(&a.post("bundles?dry_run=1", &small_world()), 400, "malformed");
    let said = a.get("engagements?armed_actor=north").body["detail"].clone();
    assert!(said.as_str().is_some_and(|said| said.contains("limit") && said.contains("cursor")));
}

#[test]
fn a_body_that_is_too_large_is_refused_before_anything_is_read() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let nobody = registry.nobody("demo");
    let large = vec![b' '; (1 << 20) + 1];
    let refused = nobody.request("POST", "engagements", &[JSON], Some(&large));
    is_problem(&refused, 401, "unauthenticated");
    let refused = nobody.request("POST", "/v1/tokens", &[JSON], Some(&large));
    is_problem(&refused, 413, "too_large");
}
