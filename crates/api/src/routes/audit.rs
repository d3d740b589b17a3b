//! The audit log, as far as somebody may read it.

use actix_web::http::Method;
use concord_app::audit::part::{self, Proofs};
use serde_json::json;

use super::{Is, PAGE, Parameter, Route, Schema, within};
use crate::call::{Answer, Call, Result};

const LIST: &[Parameter] = &[
    PAGE[0],
    PAGE[1],
    Parameter {
        name: "proofs",
        about: "Whether each record comes with the proof that the last checkpoint covers it.",
        is: Is::Boolean,
    },
];

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            within("audit"),
            ("list_audit_records", "audit"),
            "List what was done with the entries of your organisation, the latest first",
            list,
        )
        .about(
            "A focal point reads the part of the own organisation: what was done in its name, and \
             who was shown its entries. An auditor reads the ids and codes of everything. What \
             was checked or logged by others is counted by the week, and not listed here.",
        )
        .query(LIST)
        .answers(200, Schema::PageOf("AuditRecord".to_owned())),
        Route::new(
            Method::GET,
            within("audit/weeks"),
            ("list_audit_weeks", "audit"),
            "Count the checks and the entries of others that met your entries, by the week",
            weeks,
        )
        .about("Of weeks that have ended, and never whose they were.")
        .answers(200, Schema::ListOf("AuditWeek".to_owned())),
        Route::new(
            Method::GET,
            within("audit/checkpoint"),
            ("get_audit_checkpoint", "audit"),
            "Read what was signed last of the audit log, to be kept elsewhere",
            checkpoint,
        )
        .about(
            "A signed note, as C2SP says it. Whoever has kept one can tell later whether a log \
             that is exported was altered, cut off or rewritten: `concord audit verify`.",
        )
        .answers(200, Schema::named("AuditCheckpoint")),
    ]
}

fn list(call: &Call) -> Result<Answer> {
    let proofs = match call.flag("proofs")? {
        Some(true) => Proofs::With,
        Some(false) | None => Proofs::Without,
    };
    let which = (&call.page()?, proofs);
    let found = part::list(&call.app, call.person()?, call.operation(), which)?;
    Ok(Answer::json(&json!({"items": found.items, "next": found.next})))
}

fn weeks(call: &Call) -> Result<Answer> {
    let weeks = part::weeks(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&json!({ "items": weeks })))
}

fn checkpoint(call: &Call) -> Result<Answer> {
    Ok(Answer::json(&part::checkpoint(&call.app, call.person()?, call.operation())?))
}
