//! That the harness sees what breaks the contract: each test of the API is held to the document by
//! it, and would prove nothing otherwise.

use concord_tests::{
    Answer, Database, Registry,
    contract::{Request, contract},
    line, small_world,
};
use serde_json::json;

const PLACES: Request<'_> =
    Request { method: "GET", path: "/v1/operations/demo/places?limit=2", headers: &[], body: b"" };

/// A true answer to [`PLACES`], changed.
fn changed(change: impl Fn(&mut Answer)) -> Vec<String> {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let mut answer = registry.member("demo", "a").get(PLACES.path).expect(200);
    change(&mut answer);
    contract().broken_by(&PLACES, &answer)
}

#[track_caller]
fn tells(broken: &[String], words: &[&str]) {
    assert_eq!(broken.len(), 1, "{broken:#?}");
    for word in words {
        assert!(broken[0].contains(word), "{} has no {word}", broken[0]);
    }
}

#[test]
fn an_answer_that_breaks_the_contract_is_told_with_operation_status_and_place() {
    assert_eq!(changed(|_| ()), [""; 0]);
    tells(
        &changed(|answer| answer.body["items"][1]["secret"] = json!(1)),
        &["list_places", "200", "`/items/1`", "secret"],
    );
    tells(
        &changed(|answer| answer.body["items"][0]["id"] = json!("no id")),
        &["list_places", "`/items/0/id`", "uuid"],
    );
    tells(
        &changed(|answer| {
            answer.body["items"][0].as_object_mut().expect("a place").remove("names");
        }),
        &["`/items/0`", "names"],
    );
    tells(&changed(|answer| answer.status = 418), &["list_places", "418", "no such status"]);
    tells(
        &changed(|answer| answer.headers.retain(|(name, _)| name != "cache-control")),
        &["no `Cache-Control`"],
    );
    tells(
        &changed(|answer| answer.headers.push(("etag".to_owned(), "\"1\"".to_owned()))),
        &["`etag`", "not promise"],
    );
    tells(
        &changed(|answer| {
            answer.headers.retain(|(name, _)| name != "content-type");
            answer.headers.push(("content-type".to_owned(), "text/html".to_owned()));
        }),
        &["`text/html`"],
    );
}

#[test]
fn what_was_taken_fits_the_document_too() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let body = line("a", "north", &json!([]));
    let answer = registry.member("demo", "a").post("engagements", &body).expect(201);
    let mut sent = body;
    sent["levle"] = json!("tactical");
    let sent = sent.to_string();
    let request = Request {
        method: "POST",
        path: "/v1/operations/demo/engagements",
        headers: &[],
        body: sent.as_bytes(),
    };
    tells(&contract().broken_by(&request, &answer), &["create_engagements", "taken", "levle"]);
}

#[test]
fn what_belongs_to_no_operation_of_the_document_is_a_problem() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let mut answer = registry.nobody("demo").request("PUT", "places", &[], None).expect(405);
    let request = Request { method: "PUT", ..PLACES };
    assert_eq!(contract().broken_by(&request, &answer), [""; 0]);
    answer.headers.retain(|(name, _)| name != "allow");
    let broken = contract().broken_by(&request, &answer).join("\n");
    assert!(broken.contains("no `Allow`") && broken.contains("GET, POST"), "{broken}");
    let nowhere = Request { path: "/v1/nowhere", ..PLACES };
    tells(&contract().broken_by(&nowhere, &answer), &["/v1/nowhere", "405 instead of 404"]);
}
