//! The brief and the coordination report.

use actix_web::http::Method;
use concord_app::outlook::{self, report::Made};
use concord_reports::{brief, forms::Form};
use serde_json::json;

use super::{Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    problem::{self, Problem},
};

/// The forms in which a report can be had besides JSON.
const REPORT_FORMS: [&str; 5] = {
    let [html, csv, xlsx, docx, pdf] = Form::ALL;
    [html.media_type(), csv.media_type(), xlsx.media_type(), docx.media_type(), pdf.media_type()]
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
        .about(
            "Send `Accept: text/html` for the page to print, `Accept-Language` for French, Spanish \
             or Arabic.",
        )
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
            "Send `Accept: text/html` for the document to print, with charts, `Accept: text/csv` \
             for the table, with HXL hashtags, the media type of a workbook (XLSX) for a sheet for \
             each table and that one, or of a document (DOCX) to be edited, `Accept: \
             application/pdf` for pages to print as a file, tagged, `Accept-Language` for \
             French, Spanish or Arabic. The edition `handed_round` names no organisation, and no \
             figure about fewer than three stands in it or can be computed from it. All forms hold \
             the same.",
        )
        .body(
            Schema::named("NewReport"),
            json!({"from": "2026-10-01", "until": "2026-12-31", "edition": "full"}),
        )
        .answers(200, Schema::named("AnyReport"))
        .also_as(&REPORT_FORMS),
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
        return Ok(Answer::html(brief::html(&made, call.language).map_err(broken)?));
    }
    Ok(Answer::json(&made))
}

fn create_report(call: &Call) -> Result<Answer> {
    let (person, operation) = (call.person()?, call.operation());
    let made = outlook::report::report(&call.app, person, operation, &call.body)?;
    if let Some(form) = Form::ALL.into_iter().find(|form| call.wants(form.media_type())) {
        let file = made.written(form, call.language).map_err(broken)?;
        return Ok(match form {
            Form::Html => Answer::html(file),
            Form::Csv | Form::Xlsx | Form::Docx | Form::Pdf => {
                Answer::file(file, form.content_type(), form.file_name())
            }
        });
    }
    Ok(match &made {
        Made::Full(full) => Answer::json(full),
        Made::HandedRound(round) => Answer::json(round),
    })
}
