//! What others may learn of an engagement: loosened, tightened, and by whose consent.

use actix_web::http::Method;
use concord_app::{App, auth::Person, consents, resources::Shown, sharing};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Route, Schema, within};
use crate::call::{Answer, Call, Endpoint, Result};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![looser(), tighter(), given(), taken_back()]
}

fn route(method: Method, path: &str, id: &str, summary: &str, endpoint: Endpoint) -> Route {
    let path = within(&format!("engagements/{{id}}/{path}"));
    Route::new(method, path, (id, "engagements"), summary, endpoint)
        .needs_match()
        .answers(200, Schema::named("Engagement"))
        .tagged()
}

fn looser() -> Route {
    let summary = "Let others learn more of an engagement, with a reason";
    route(Method::POST, "loosening", "loosen_engagement", summary, loosen)
        .about(
            "What is looser in part is looser. Disclosing a line of those who carry the risk needs \
             their consent first.",
        )
        .body(
            Schema::named("Sharing"),
            json!({"audience": "operation", "disclosure": "summary", "reason": "The working group agreed to share lines at the bridge."}),
        )
}

fn tighter() -> Route {
    let summary = "Let others learn less of an engagement, with a reason";
    route(Method::POST, "tightening", "tighten_engagement", summary, tighten)
        .about(
            "It is done at once, and needs no proof of who you are. What would let anybody learn \
             more is refused.",
        )
        .body(
            Schema::named("Sharing"),
            json!({"audience": "own", "disclosure": "none", "reason": "The unit asks who else talks to its command."}),
        )
}

fn given() -> Route {
    let summary =
        "Note that those who carry the risk of an engagement consented, or consented anew";
    route(Method::PUT, "consent", "give_consent", summary, give)
        .about(
            "It ends by itself after its last day, at most 90 days after the first: from then on the \
             engagement discloses its match at most, and its intermediary counts as not having \
             consented. Nothing more is disclosed by it until the engagement is loosened.",
        )
        .body(
            Schema::named("GivenConsent"),
            json!({"given": "2026-11-20", "until": "2027-02-18", "reason": "The elders agreed in their council."}),
        )
}

fn taken_back() -> Route {
    let summary = "Note that a consent was taken back";
    route(Method::POST, "consent/revocation", "revoke_consent", summary, take_back).body(
        Schema::named("WithReason"),
        json!({"reason": "The elders asked us to keep it to ourselves."}),
    )
}

type Change = fn(
    &App,
    Person,
    &str,
    (Uuid, Option<&str>),
    &Value,
) -> std::result::Result<Shown, concord_app::Error>;

fn changed(call: &Call, change: Change) -> Result<Answer> {
    let which = (call.id()?, call.if_match());
    let shown = change(&call.app, call.person()?, call.operation(), which, &call.body)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

fn loosen(call: &Call) -> Result<Answer> {
    changed(call, sharing::loosen)
}

fn tighten(call: &Call) -> Result<Answer> {
    changed(call, sharing::tighten)
}

fn give(call: &Call) -> Result<Answer> {
    changed(call, consents::give)
}

fn take_back(call: &Call) -> Result<Answer> {
    changed(call, consents::take_back)
}
