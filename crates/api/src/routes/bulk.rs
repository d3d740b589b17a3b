//! Making several things with one request: each is made, or refused, by itself.

use actix_web::http::Method;
use concord_app::access;
use concord_domain::{
    document::Reader,
    fault::{FaultCode, Pointer},
};
use serde_json::{Value, json};

use super::{Route, Schema};
use crate::call::{Answer, Call, Endpoint, Result};

/// The most things in one request.
pub const ITEMS_MAX: usize = 100;

/// The route that makes several of what another route makes one of.
pub fn of(one: &Route, many: &str, endpoint: Endpoint) -> Route {
    let reference = |schema: &Schema| match schema {
        Schema::Named(name) => json!({"$ref": format!("#/components/schemas/{name}")}),
        other => json!({"description": format!("{other:?}")}),
    };
    let (body, example) = one
        .body
        .as_ref()
        .map_or((Value::Null, Value::Null), |(body, example)| (reference(body), example.clone()));
    let made = one.answer.1.as_ref().map_or(Value::Null, reference);
    let sent = json!({
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": body, "minItems": 1, "maxItems": ITEMS_MAX},
        },
        "required": ["items"],
        "additionalProperties": false,
    });
    let answered = json!({
        "type": "object",
        "properties": {"items": {"type": "array", "items": {
            "type": "object",
            "description": "What became of the item at this place.",
            "properties": {
                "status": {"type": "integer", "description": "As if it had been sent alone."},
                "location": {"type": ["string", "null"], "description": "Where it is, if it was made."},
                "etag": {"type": ["string", "null"], "description": "Its tag, if it was made."},
                "made": made,
                "problem": reference(&Schema::named("Problem")),
            },
            "required": ["status"],
            "additionalProperties": false,
        }}},
        "required": ["items"],
        "additionalProperties": false,
    });
    let id = format!("{}_bulk", one.id);
    let path = format!("{}/bulk", one.path);
    Route::new(Method::POST, path, (id, one.tag), format!("Make several {many}"), endpoint)
        .about(
            "Each item is made or refused by itself, as if it had been sent alone, and answered at \
             its place. With an Idempotency-Key it is safe to send all of them again.",
        )
        .takes_key()
        .body(Schema::Inline(sent), json!({ "items": [example] }))
        .answers(200, Schema::Inline(answered))
}

/// Makes each of the items by an endpoint that makes one.
///
/// # Errors
/// When the body is no list of items.
pub fn each(call: &Call, one: Endpoint) -> Result<Answer> {
    // Who is nobody here is told so once, whatever was sent.
    access::read(&call.app, call.person()?, call.operation(), |_, _| Ok(()))?;
    let mut nothing = concord_app::resources::Nothing;
    let mut reader = Reader::of_request(&mut nothing, call.app.today());
    let at = Pointer::ROOT;
    let items = reader.object(&call.body, &at, &["items"]).and_then(|object| object.get("items"));
    let items = items.and_then(Value::as_array).cloned().unwrap_or_default();
    if items.is_empty() || items.len() > ITEMS_MAX {
        let detail = format!("a list of 1 to {ITEMS_MAX} items is expected here");
        reader.fault(&at.member("items"), FaultCode::OutOfRange, detail);
    }
    if !reader.faults.is_empty() {
        return Err(concord_app::Error::Invalid(reader.faults).into());
    }
    let answered: Vec<Value> = items
        .iter()
        .enumerate()
        .map(|(index, item)| match one(&call.for_item(index, item)) {
            Ok(answer) => answer.into_item(),
            Err(problem) => json!({"status": problem.status, "problem": problem}),
        })
        .collect();
    Ok(Answer::json(&json!({ "items": answered })))
}
