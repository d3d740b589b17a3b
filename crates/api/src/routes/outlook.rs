//! The brief and the coordination report.

use actix_web::http::Method;
use concord_app::outlook;
use concord_reports::{brief, report};
use serde_json::json;

use super::{Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    problem::{self, Problem},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            within("briefs"),
            ("create_brief", "brief and report"),
            "Get one page for one armed actor, place and day",
            create_brief,
        )
        .about("Send `Accept: text/html` for the page to print.")
        .body(
            Schema::named("NewBrief"),
            json!({"armed_actor": "ufv-sefa", "place": "XT030102", "day": "2026-11-26"}),
        )
        .answers(200, Schema::named("Brief"))
        .also_as(&["text/html"]),
        Route::new(
            Method::POST,
            within("reports"),
            ("create_report", "brief and report"),
            "Get the coordination report for a period",
            create_report,
        )
        .about(
            "Send `Accept: text/html` for the document to print, `Accept: text/csv` for the table.",
        )
        .body(Schema::named("NewReport"), json!({"from": "2026-10-01", "until": "2026-12-31"}))
        .answers(200, Schema::named("Report"))
        .also_as(&["text/html", "text/csv"]),
    ]
}

fn broken(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "a document cannot be rendered");
    Problem::new(&problem::INTERNAL, problem::INTERNAL.meaning)
}

fn create_brief(call: &Call) -> Result<Answer> {
    let (person, operation) = (call.person()?, call.operation());
    let made = outlook::brief::brief(&call.app, person, operation, &call.body)?;
    if call.wants("text/html") {
        return Ok(Answer::html(brief::html(&made).map_err(broken)?));
    }
    Ok(Answer::json(&made))
}

fn create_report(call: &Call) -> Result<Answer> {
    let (person, operation) = (call.person()?, call.operation());
    let made = outlook::report::report(&call.app, person, operation, &call.body)?;
    if call.wants("text/html") {
        return Ok(Answer::html(report::html(&made).map_err(broken)?));
    }
    if call.wants("text/csv") {
        let table = report::csv(&made).map_err(broken)?;
        return Ok(Answer::csv(table, "coordination-report.csv"));
    }
    Ok(Answer::json(&made))
}
