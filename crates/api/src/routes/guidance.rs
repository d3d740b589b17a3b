//! Public guidance on dialogue with armed actors.

use actix_web::http::Method as Verb;
use concord_app::resources::etag;
use concord_domain::{
    guidance::{Fit, fitting},
    vocabulary::{Code, Issue, Method, in_language},
};
use serde_json::{Value, json};

use super::{Is, Parameter, Route, Schema};
use crate::{
    call::{Answer, Call, Result},
    problem::{self, Problem},
};

const FILTER: &[Parameter] = &[
    Parameter {
        name: "issue",
        about: "The code of an issue: what is about it, or about one above or below it.",
        is: Is::Code("Issue"),
    },
    Parameter {
        name: "method",
        about: "The code of a method: what is about it, or about all.",
        is: Is::Code("Method"),
    },
];

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Verb::GET,
            "/v1/guidance",
            ("list_guidance", "vocabulary"),
            "Public guidance by issue and method, what fits best first",
            list,
        )
        .open()
        .query(FILTER)
        .answers(200, Schema::ListOf("Guidance".to_owned()))
        .tagged(),
    ]
}

fn list(call: &Call) -> Result<Answer> {
    let issues: Option<Issue> = code(call, "issue")?;
    let methods: Option<Method> = code(call, "method")?;
    let (issues, methods) = (issues.as_slice(), methods.as_slice());
    let items: Vec<Value> =
        fitting(issues, methods).iter().map(|fit| described(call, fit)).collect();
    let body = json!({ "items": items });
    Ok(Answer::json(&body).tagged(etag(&body)).public())
}

fn code<T: Code>(call: &Call, name: &str) -> Result<Option<T>> {
    let Some(written) = call.query(name) else { return Ok(None) };
    let unknown = || {
        let list = T::LIST;
        let detail = format!("`{name}` is a code of the list `{list}`: see /v1/vocabulary/{list}");
        Problem::new(&problem::MALFORMED, detail)
    };
    T::from_code(written).map(Some).ok_or_else(unknown)
}

fn described(call: &Call, fit: &Fit) -> Value {
    let it = fit.guidance;
    let codes = |list: Vec<&'static str>| json!(list);
    json!({
        "code": it.code,
        "title": it.title,
        "publisher": it.publisher,
        "year": it.year,
        "kind": {"code": it.kind, "label": it.kind_in(call.language)},
        "methods": codes(it.methods().map(Method::code).collect()),
        "issues": codes(it.issues().map(Issue::code).collect()),
        "audience": it.audience.as_ref().map(|label| in_language(label, call.language)),
        "address": it.address,
        "fits": {
            "issues": codes(fit.issues.iter().map(|issue| issue.code()).collect()),
            "methods": codes(fit.methods.iter().map(|method| method.code()).collect()),
        },
    })
}
