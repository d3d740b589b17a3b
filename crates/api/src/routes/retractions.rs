//! Retracting entries, and what is left of them.

use actix_web::http::Method;
use concord_app::retractions::{Tombstone, list, retract_commitment, retract_engagement};
use serde_json::{Value, json};

use super::{PAGE, Route, Schema, within};
use crate::call::{Answer, Call, Result};

/// The routes.
pub fn routes() -> Vec<Route> {
    let about = "What it held is erased, with its flags and what came from it, and cannot be had \
                 back. Those who could read it are told that it was retracted, and on which day; \
                 to everybody else it is as if it had never been.";
    let retract = |of: &str, one: &'static str, summary: &'static str, endpoint| {
        let path = within(&format!("{of}/{{id}}/retraction"));
        Route::new(Method::POST, path, (format!("retract_{one}"), tag(one)), summary, endpoint)
            .about(about)
            .needs_match()
            .body(Schema::named("NewRetraction"), json!({"reason": "asked_for"}))
            .answers(200, Schema::named("Retraction"))
    };
    vec![
        retract("engagements", "engagement", "Retract an engagement", engagement),
        retract(
            "commitments",
            "commitment",
            "Retract a commitment that came from no engagement",
            commitment,
        ),
        Route::new(
            Method::GET,
            within("retractions"),
            ("list_retractions", "engagements"),
            "List the entries that were retracted and that you could read",
            all,
        )
        .about("Erase your copies of them.")
        .query(PAGE)
        .answers(200, Schema::PageOf("Retraction".to_owned())),
    ]
}

fn tag(one: &str) -> &'static str {
    if one == "engagement" { "engagements" } else { "commitments" }
}

fn shown(tombstone: Tombstone) -> Value {
    json!({"id": tombstone.id, "retracted_on": tombstone.retracted_on})
}

fn engagement(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let done = retract_engagement(&call.app, person, operation, which, &call.body)?;
    Ok(Answer::json(&shown(done)))
}

fn commitment(call: &Call) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let done = retract_commitment(&call.app, person, operation, which, &call.body)?;
    Ok(Answer::json(&shown(done)))
}

fn all(call: &Call) -> Result<Answer> {
    let found = list(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let items: Vec<Value> = found.items.into_iter().map(shown).collect();
    Ok(Answer::json(&json!({"items": items, "next": found.next})))
}
