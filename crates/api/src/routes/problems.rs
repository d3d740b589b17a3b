//! The kinds of problem, each at the address that problem documents give as their `type`.

use actix_web::http::Method;
use concord_app::Error;
use concord_domain::fault::FaultCode;
use concord_reports::problems as pages;
use serde_json::{Value, json};

use super::{Route, Schema};
use crate::{
    call::{Answer, Call, Result},
    problem::{self, KINDS, Kind, Problem, ProblemAt},
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
        .about("Send `Accept: text/html` for a page.")
        .open()
        .answers(200, Schema::ListOf("ProblemKind".to_owned()))
        .also_as(&["text/html"]),
        Route::new(
            Method::GET,
            "/problems/{problem}",
            ("get_problem", "system"),
            "A kind of problem",
            get,
        )
        .about("It is at the address that problem documents give as their `type`.")
        .open()
        .answers(200, Schema::named("ProblemKind"))
        .also_as(&["text/html"]),
    ]
}

/// A problem document of a kind, as a caller would meet it.
fn example(kind: &Kind) -> Value {
    let mut example = Problem::new(kind, kind.meaning);
    if kind.code == problem::INVALID.code {
        example.errors.push(ProblemAt {
            pointer: "/asks/0/action".to_owned(),
            code: FaultCode::UnknownCode.code(),
            detail: "`open_rout` is no code of the list `action`; the nearest: `open_route`"
                .to_owned(),
            found: None,
        });
    }
    json!(example)
}

fn described(kind: &Kind) -> Value {
    json!({
        "type": kind.address(),
        "status": kind.status.as_u16(),
        "title": kind.title,
        "meaning": kind.meaning,
        "example": example(kind),
    })
}

/// What is answered about some kinds, in the form that the caller wants.
fn answer(call: &Call, title: &str, kinds: &[&Kind], body: &Value) -> Result<Answer> {
    let answer = if call.wants("text/html") {
        let of = |kind: &&Kind| pages::Kind {
            address: kind.address(),
            status: kind.status.to_string(),
            title: kind.title,
            meaning: kind.meaning,
            example: serde_json::to_string_pretty(&example(kind)).unwrap_or_default(),
        };
        let kinds: Vec<pages::Kind> = kinds.iter().map(of).collect();
        let page = pages::html(title, &kinds).map_err(|error| {
            tracing::error!(%error, "a page cannot be rendered");
            Problem::new(&problem::INTERNAL, problem::INTERNAL.meaning)
        })?;
        Answer::html(page)
    } else {
        Answer::json(body)
    };
    Ok(answer.with_header("Vary", "Accept".to_owned()).public())
}

fn list(call: &Call) -> Result<Answer> {
    let items: Vec<Value> = KINDS.iter().map(|kind| described(kind)).collect();
    answer(call, "Problems that can be met", KINDS, &json!({ "items": items }))
}

fn get(call: &Call) -> Result<Answer> {
    let code = call.segment("problem");
    let kind = KINDS.iter().find(|kind| kind.code == code).ok_or(Error::NotFound)?;
    answer(call, kind.title, &[kind], &described(kind))
}
