//! The kinds of problem, each at the address that problem documents give as their `type`.

use actix_web::http::Method;
use concord_app::Error;
use serde_json::{Value, json};

use super::{Route, Schema};
use crate::{
    call::{Answer, Call, Result},
    problem::{KINDS, Kind},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/problems",
            ("list_problems", "system"),
            "Every kind of problem, when it is met and what to do",
            list,
        )
        .open()
        .answers(200, Schema::ListOf("ProblemKind".to_owned())),
        Route::new(
            Method::GET,
            "/problems/{problem}",
            ("get_problem", "system"),
            "A kind of problem",
            get,
        )
        .open()
        .answers(200, Schema::named("ProblemKind")),
    ]
}

fn described(kind: &Kind) -> Value {
    json!({
        "type": kind.address(),
        "status": kind.status.as_u16(),
        "title": kind.title,
        "meaning": kind.meaning,
    })
}

fn list(_: &Call) -> Result<Answer> {
    let items: Vec<Value> = KINDS.iter().map(|kind| described(kind)).collect();
    Ok(Answer::json(&json!({ "items": items })).public())
}

fn get(call: &Call) -> Result<Answer> {
    let code = call.segment("problem");
    let kind = KINDS.iter().find(|kind| kind.code == code).ok_or(Error::NotFound)?;
    Ok(Answer::json(&described(kind)).public())
}
