//! What is served to everybody.

use concord_tests::{Answer, Database, Registry};

use super::is_problem;

#[test]
fn what_belongs_to_no_operation_needs_no_sign_in() {
    let registry = Registry::on(Database::Sqlite);
    let nobody = registry.nobody("demo");
    let get = |path: &str| -> Answer { nobody.get(path).expect(200) };
    for path in ["/livez", "/readyz"] {
        let answer = get(path);
        assert_eq!(answer.body["status"], "ok");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let lists = get("/v1/vocabulary").body["lists"].clone();
    for (list, entries) in lists.as_object().expect("lists") {
        assert_eq!(&get(&format!("/v1/vocabulary/{list}")).body["entries"], entries);
        for entry in entries.as_array().expect("entries") {
            for language in ["en", "fr", "es", "ar"] {
                let label = entry["label"][language].as_str().unwrap_or_default();
                assert!(!label.is_empty(), "{list} {entry}");
            }
        }
    }
    assert_eq!(get("/v1/rules").body["items"].as_array().map(Vec::len), Some(18));
    for problem in get("/problems").body["items"].as_array().expect("problems") {
        let path = problem["type"].as_str().expect("an address");
        assert_eq!(&get(path).body, problem);
    }
    is_problem(&nobody.get("/problems/nothing"), 404, "not_found");
    is_problem(&nobody.get("/v1/vocabulary/nothing"), 404, "not_found");
    assert_eq!(get("/openapi.json").body["openapi"], "3.1.0");
    let page = ureq::get(format!("{}/docs/", registry.url())).call().expect("a page");
    let kind = page.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    assert!(kind.is_some_and(|kind| kind.starts_with("text/html")));
}

#[test]
fn words_are_sent_again_only_when_they_changed() {
    let registry = Registry::on(Database::Sqlite);
    let nobody = registry.nobody("demo");
    for path in ["/v1/vocabulary", "/v1/vocabulary/action", "/v1/rules"] {
        let first = nobody.get(path).expect(200);
        let again = nobody.request("GET", path, &[("if-none-match", &first.etag())], None);
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        assert_eq!(again.etag(), first.etag());
        assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    }
}

#[test]
fn all_else_needs_somebody_signed_in() {
    let registry = Registry::on(Database::Sqlite);
    let nobody = registry.nobody("demo");
    let document = nobody.get("/openapi.json").expect(200).body;
    let mut closed = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, route) in methods.as_object().expect("methods") {
            if route["security"].is_null() {
                continue;
            }
            closed += 1;
            let path = path.replace("{operation}", "demo").replace(['{', '}'], "");
            let method = method.to_uppercase();
            let answer = nobody.request(&method, &path, &[("content-type", "text/plain")], None);
            is_problem(&answer, 401, "unauthenticated");
        }
    }
    assert!(closed > 50, "{closed}");
}

#[test]
fn every_answer_can_be_named_and_is_not_sniffed() {
    let registry = Registry::on(Database::Sqlite);
    let nobody = registry.nobody("demo");
    for path in ["/livez", "/nothing", "/v1/me", "/v1/vocabulary", "/livez?x=1", "/openapi.json"] {
        let answer = nobody.request("GET", path, &[("accept-encoding", "identity")], None);
        assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
    }
    assert_eq!(
        nobody.request("POST", "/livez", &[], None).header("x-request-id").map(str::len),
        Some(36)
    );
}
