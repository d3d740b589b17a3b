//! What the binary tells whoever watches it, and whom it does not.

use concord_tests::serving::Demonstration;

/// What is answered to a GET: the status, the kind of body, and the body.
fn get(address: &str, path: &str, token: &str) -> (u16, String, String) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent.get(format!("http://{address}{path}"));
    let request = request.header("authorization", format!("Bearer {token}"));
    let mut answer = request.call().expect("an answer");
    let kind = answer.headers().get("content-type").and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let body = answer.body_mut().read_to_string().expect("a text");
    (answer.status().as_u16(), kind, body)
}

/// The value of a series that is written so.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("there is no {series} in:\n{text}"));
    line.parse().expect("a number")
}

#[test]
fn requests_and_connections_are_counted_and_nothing_that_tells_what_they_were_about() {
    let server = Demonstration::with("metrics", &["--metrics", "127.0.0.1:0"]);
    let metrics = server.metrics.as_deref().expect("an address of its own");
    let token = server.token("desk");
    let id = "00000000-0000-4000-8000-000000000000";
    for _ in 0..3 {
        assert_eq!(get(&server.address, "/v1/operations/exercise/places", &token).0, 200);
    }
    assert_eq!(get(&server.address, &format!("/v1/operations/exercise/leads/{id}"), &token).0, 404);
    assert_eq!(get(&server.address, "/v1/operations/exercise/flags", "").0, 401);
    assert_eq!(get(&server.address, "/no/such/path", "").0, 404);
    let (status, kind, text) = get(metrics, "/metrics", "");
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4"));
    let requests = |route: &str, method: &str, status: u16| {
        let labels = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        value(&text, &format!("concord_http_requests_total{labels}"))
    };
    let within = "/v1/operations/{operation}";
    assert_eq!(requests(&format!("{within}/places"), "GET", 200), 3.0);
    assert_eq!(requests(&format!("{within}/leads/{{id}}"), "GET", 404), 1.0);
    assert_eq!(requests(&format!("{within}/flags"), "GET", 401), 1.0);
    assert_eq!(requests("/v1/tokens", "POST", 200), 1.0);
    assert_eq!(requests("none", "GET", 404), 1.0);
    let labels = format!("{{method=\"GET\",route=\"{within}/places\"}}");
    assert_eq!(value(&text, &format!("concord_http_request_duration_seconds_count{labels}")), 3.0);
    assert!(value(&text, &format!("concord_http_request_duration_seconds_sum{labels}")) > 0.0);
    let pool = |purpose: &str, state: &str| {
        let labels = format!("{{purpose=\"{purpose}\",state=\"{state}\"}}");
        value(&text, &format!("concord_database_connections{labels}"))
    };
    assert_eq!((pool("read", "max"), pool("write", "max")), (8.0, 1.0));
    assert!(pool("read", "in_use") + pool("read", "idle") >= 1.0);
    assert!(value(&text, "concord_database_waits_total") >= 4.0);
    assert!(value(&text, "concord_database_wait_seconds_total") >= 0.0);
    assert_eq!(value(&text, "concord_database_timeouts_total"), 0.0);
    assert_eq!(value(&text, "concord_writes_retried_total"), 0.0);
    let version = format!("concord_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(value(&text, &version), 1.0);
    assert!(value(&text, "process_resident_memory_bytes") > 1e6);
    for told in ["exercise", "desk", id, "no/such", "rtw", "contradiction"] {
        assert!(!text.contains(told), "{told} is told in:\n{text}");
    }
}

#[test]
fn metrics_are_told_nowhere_unless_said_and_never_where_everybody_reaches() {
    let silent = Demonstration::start("no-metrics");
    assert_eq!(silent.metrics, None);
    assert_eq!(get(&silent.address, "/metrics", "").0, 404);
    let server = Demonstration::with("own-metrics", &["--metrics", "127.0.0.1:0"]);
    assert_eq!(get(&server.address, "/metrics", &server.token("admin")).0, 404);
    let metrics = server.metrics.as_deref().expect("an address of its own");
    assert_ne!(metrics, server.address);
    for path in ["/", "/livez", "/v1/operations", "/docs/", "/metrics/"] {
        assert_eq!(get(metrics, path, "").0, 404, "{path}");
    }
}
