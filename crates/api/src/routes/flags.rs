//! Flags and their life.

use actix_web::http::Method;
use concord_app::{
    flags::{self, Taken, Whose, Wish},
    once::Sent,
};
use concord_domain::vocabulary::{Closed, FlagState};
use serde_json::json;

use super::{Is, PAGE, Parameter, Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    problem::{self, Problem},
    views::{FlagDetail, FlagList, each},
};

const LIST: &[Parameter] = &[
    PAGE[0],
    PAGE[1],
    Parameter { name: "state", about: "Those in this state alone.", is: Is::Code("FlagState") },
    Parameter {
        name: "holds",
        about: "Those that the facts raise now, or those that they do not.",
        is: Is::Boolean,
    },
    Parameter {
        name: "over",
        about: "Those that were settled or lapsed, or those that still wait for somebody.",
        is: Is::Boolean,
    },
    Parameter {
        name: "own",
        about: "`true`: those alone that rest on an entry of an organisation for which you act.",
        is: Is::Boolean,
    },
];

/// The routes.
pub fn routes() -> Vec<Route> {
    let item = within("flags/{id}");
    vec![
        Route::new(
            Method::GET,
            within("flags"),
            ("list_flags", "flags"),
            "List the flags that you may read, the worst first",
            list,
        )
        .about("A flag asks a question; it accuses nobody. Finding none is no clearance.")
        .query(LIST)
        .answers(200, Schema::named("FlagList")),
        Route::new(Method::GET, &item, ("get_flag", "flags"), "Read a flag with its reasons", get)
            .answers(200, Schema::named("FlagDetail")),
        Route::new(
            Method::POST,
            format!("{item}/steps"),
            ("step_flag", "flags"),
            "Take a flag through its life, with a note",
            step,
        )
        .takes_key()
        .body(
            Schema::named("NewFlagStep"),
            json!({"state": "resolved", "resolution": "sequenced", "note": "Safe Harbour goes first; we ask again in January."}),
        )
        .answers(200, Schema::named("FlagDetail")),
    ]
}

fn list(call: &Call) -> Result<Answer> {
    let state = match call.query("state") {
        None => None,
        Some(code) => Some(FlagState::from_code(code).ok_or_else(|| {
            let codes: Vec<&str> = FlagState::ALL.iter().map(|state| state.code()).collect();
            Problem::new(&problem::MALFORMED, format!("`state` is one of {}", codes.join(", ")))
        })?),
    };
    let whose = if call.flag("own")? == Some(true) { Whose::Own } else { Whose::Anybodys };
    let wish = Wish { state, holds: call.flag("holds")?, over: call.flag("over")?, whose };
    let found = flags::list(&call.app, call.person()?, call.operation(), wish, &call.page()?)?;
    Ok(Answer::json(&FlagList {
        items: each(found.flags.items),
        next: found.flags.next,
        restricted: each(found.restricted),
    }))
}

fn get(call: &Call) -> Result<Answer> {
    let found = flags::get(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::json(&FlagDetail::from(found)))
}

fn step(call: &Call) -> Result<Answer> {
    let taken = Taken::read(&call.app, &call.body)?;
    let (person, operation, id) = (call.person()?, call.operation(), call.id()?);
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let found = flags::step(&call.app, person, operation, id, (&taken, sent))?;
    Ok(Answer::json(&FlagDetail::from(found)))
}
