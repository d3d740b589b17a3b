//! Operations, and the tree of armed actors.

use actix_web::http::Method;
use concord_app::{Error, armed_actors, once::Sent, operations, places};
use concord_domain::fault::FaultCode;
use serde_json::{Value, json};

use super::{Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{SuggestedArmedActor, each},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = of_operations();
    routes.extend(of_the_tree());
    routes
}

fn of_operations() -> Vec<Route> {
    let one = "/v1/operations/{operation}";
    let view = || Schema::named("Operation");
    let mut routes = vec![
        Route::new(
            Method::GET,
            "/v1/operations",
            ("list_operations", "operations"),
            "List the operations that you take part in",
            list,
        )
        .answers(200, Schema::ListOf("Operation".to_owned())),
        Route::new(
            Method::POST,
            "/v1/operations",
            ("create_operation", "operations"),
            "Make an operation",
            create,
        )
        .takes_key()
        .body(
            Schema::named("NewOperation"),
            json!({"key": "ssd", "name": "South Sudan", "country": "SSD", "slack_days": 14}),
        )
        .answers(201, view())
        .tagged(),
        Route::new(Method::GET, one, ("get_operation", "operations"), "Read an operation", get)
            .answers(200, view())
            .tagged(),
        Route::new(
            Method::PATCH,
            one,
            ("amend_operation", "operations"),
            "Amend an operation",
            amend,
        )
        .needs_match()
        .body(Schema::named("OperationChange"), json!({"slack_days": 21}))
        .answers(200, view())
        .tagged(),
    ];
    routes.extend(of_the_tree());
    routes
}

fn of_the_tree() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            within("armed-actors/search"),
            ("search_armed_actors", "armed actors"),
            "Find armed actors by any name, however it is written",
            search,
        )
        .about(
            "Names in any language or script, aliases, keys and ids of other registers, misspelt or \
             as acronyms. The score says how alike two texts are, and nothing of the armed actor. \
             Two of one name are two suggestions.",
        )
        .body(Schema::named("NewSearch"), json!({"name": "Unity Forces of the Valley", "limit": 5}))
        .answers(200, Schema::ListOf("SuggestedArmedActor".to_owned())),
        Route::new(
            Method::POST,
            within("places/search"),
            ("search_places", "places"),
            "Find places by code or name",
            search_places,
        )
        .about("First those that have it, in any language; then those in whose name it stands.")
        .body(Schema::named("NewSearch"), json!({"name": "XT030102", "limit": 5}))
        .answers(200, Schema::ListOf("SuggestedPlace".to_owned())),
        Route::new(
            Method::POST,
            within("armed-actors/{id}/move"),
            ("move_armed_actor", "armed actors"),
            "Move a unit, with all below it, under another armed actor",
            move_under,
        )
        .about("`parent` is a key or an id; null moves it to the top.")
        .needs_match()
        .body(Schema::named("Move"), json!({"parent": "ufv"}))
        .answers(200, Schema::named("ArmedActor"))
        .tagged(),
        Route::new(
            Method::POST,
            within("armed-actors/{id}/merge"),
            ("merge_armed_actor", "armed actors"),
            "Note that an armed actor was found to be another",
            merge,
        )
        .about("All that is known of it becomes the other's, which is answered.")
        .needs_match()
        .body(Schema::named("Merge"), json!({"into": "ufv"}))
        .answers(200, Schema::named("ArmedActor"))
        .tagged(),
    ]
}

fn list(call: &Call) -> Result<Answer> {
    let found = operations::list(&call.app, call.person()?)?;
    let items: Vec<Value> = found.into_iter().map(|shown| shown.body).collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn create(call: &Call) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let shown = operations::create(&call.app, call.person()?, sent)?;
    Ok(Answer::created(&shown.body, call.below(shown.id)).tagged(shown.etag()))
}

fn get(call: &Call) -> Result<Answer> {
    let shown = operations::get(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

fn amend(call: &Call) -> Result<Answer> {
    let (person, operation) = (call.person()?, call.operation());
    let shown = operations::amend(&call.app, person, operation, call.if_match(), &call.body)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

/// The one member of a body, a text or null.
fn only(call: &Call, member: &str) -> Result<Option<String>> {
    let object = call.body.as_object();
    let known = object.is_some_and(|object| object.keys().all(|name| name == member));
    match call.body.get(member) {
        Some(Value::String(text)) if known => Ok(Some(text.clone())),
        Some(Value::Null) if known => Ok(None),
        _ => {
            let detail = format!("the body has the one member `{member}`, a key or an id");
            Err(Error::at(member, FaultCode::Missing, detail).into())
        }
    }
}

fn search_places(call: &Call) -> Result<Answer> {
    let found = places::search(&call.app, call.person()?, call.operation(), &call.body)?;
    let items = found.into_iter().map(|one| {
        json!({
            "id": one.place.identity.id.0,
            "key": one.place.identity.key.as_str(),
            "name": one.place.name.as_str(),
            "parent": one.parent,
            "is_exact": one.is_exact,
        })
    });
    Ok(Answer::json(&json!({"items": items.collect::<Vec<_>>()})))
}

fn search(call: &Call) -> Result<Answer> {
    let (person, operation) = (call.person()?, call.operation());
    let found = armed_actors::search::search(&call.app, person, operation, &call.body)?;
    let items: Vec<SuggestedArmedActor> = each(found);
    Ok(Answer::json(&json!({ "items": items })))
}

fn move_under(call: &Call) -> Result<Answer> {
    let parent = only(call, "parent")?;
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let shown = armed_actors::move_under(&call.app, person, operation, which, parent.as_deref())?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}

fn merge(call: &Call) -> Result<Answer> {
    let into = only(call, "into")?.unwrap_or_default();
    let which = (call.id()?, call.if_match());
    let (person, operation) = (call.person()?, call.operation());
    let shown = armed_actors::merge(&call.app, person, operation, which, &into)?;
    Ok(Answer::json(&shown.body).tagged(shown.etag()))
}
