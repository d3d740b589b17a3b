//! The coordination report: for which period, about what and for whom; then as a page, or as a
//! file. The question comes in a form and never in an address.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{Error, outlook};
use concord_domain::{
    document::{ArmedActor, Place},
    fault::{Fault, FaultCode},
    policy::Action,
    vocabulary::vocabulary,
    window::{earlier, parse_day},
};
use concord_reports::{brief::WayBack, forms::Form};
use serde_json::{Value, json};

use super::choosing::{Chosen, Meant, actors, chosen, meant, places};
use crate::{
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Trouble, Visit},
    words::Words,
};

/// How many days before today the period begins, if nobody says otherwise: with today it has 30.
const PERIOD_DAYS_BEFORE: u32 = 29;

/// What is wrong with the question, by its fields.
#[derive(Clone, Debug, Default)]
struct Problems {
    actor: Option<&'static str>,
    place: Option<&'static str>,
    from: Option<&'static str>,
    until: Option<&'static str>,
    /// What is at none of these fields.
    other: Option<String>,
}

/// An issue to be chosen, below those that it is a part of.
struct Choice {
    code: &'static str,
    label: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    from: String,
    until: String,
    actor: Chosen,
    place: Chosen,
    issues: Vec<Choice>,
    is_handed_round: bool,
    problems: Problems,
}

/// The form.
pub fn ask(visit: &Visit) -> Result<Reply> {
    page(visit, Meant::Nothing, Meant::Nothing, Problems::default())
}

/// The report, as a page or a file, or the form again with what is not clear.
pub fn show(visit: &Visit) -> Result<Reply> {
    let w = visit.words;
    let (actor, place) = (meant(visit, "actor", actors)?, meant(visit, "place", places)?);
    let (from, until) = period(visit);
    let is_day = |typed: &str| parse_day(typed).is_some();
    let wrong = |is_wrong: bool, key| is_wrong.then(|| w.text(key));
    let problems = Problems {
        actor: wrong(actor.is_unknown(), "meeting.actor_none"),
        place: wrong(place.is_unknown(), "meeting.place_none"),
        from: wrong(!is_day(&from), "meeting.day_wrong"),
        until: wrong(!is_day(&until), "meeting.day_wrong"),
        other: None,
    };
    let are_days = problems.from.is_none() && problems.until.is_none();
    let (true, Some(of), Some(within)) = (are_days, actor.limit(), place.limit()) else {
        return page(visit, actor, place, problems);
    };
    let question = json!({
        "from": from,
        "until": until,
        "armed_actor": of,
        "place": within,
        "issue": visit.field("issue"),
        "edition": visit.field("edition").unwrap_or("full"),
    });
    match made(visit, &question) {
        Err(Trouble::Refused(Error::Invalid(faults))) => {
            page(visit, actor, place, faulty(w, &faults))
        }
        answer => answer,
    }
}

/// The first and the last day, as they were typed.
fn period(visit: &Visit) -> (String, String) {
    let today = visit.app.today();
    let typed = |name, otherwise| visit.field(name).map_or(otherwise, str::to_owned);
    let from = typed("from", earlier(today, PERIOD_DAYS_BEFORE).to_string());
    (from, typed("until", today.to_string()))
}

/// The report in the form that was asked for.
fn made(visit: &Visit, question: &Value) -> Result<Reply> {
    let (person, operation) = (visit.person()?, visit.operation());
    let made = outlook::report::report(&visit.app, person, operation, question)?;
    let broken = |error: concord_reports::forms::Unwritten| Trouble::Broken(error.to_string());
    let language = visit.words.language;
    let wanted = visit.field("form");
    match Form::ALL.into_iter().find(|form| wanted == Some(form.code())) {
        Some(form) => {
            let file = made.written(form, language).map_err(broken)?;
            Ok(Reply::file(file, form.content_type(), form.file_name()))
        }
        None => {
            let form = address(visit);
            let way_back = WayBack { address: &form, name: visit.words.text("meeting.back") };
            Ok(Reply::document(made.page(language, way_back).map_err(broken)?))
        }
    }
}

/// What a use case says is wrong, at its field and in the reader's language as far as there are words.
fn faulty(w: Words, faults: &[Fault]) -> Problems {
    let mut problems = Problems::default();
    let mut others: Vec<&str> = Vec::new();
    for fault in faults {
        match (fault.pointer.as_str(), fault.code) {
            ("/until", FaultCode::ReversedWindow) => {
                problems.until = Some(w.text("report.reversed"));
            }
            ("/until", FaultCode::OutOfRange) => problems.until = Some(w.text("report.too_long")),
            ("/armed_actor", FaultCode::OutOfRange) => {
                problems.actor = Some(w.text("report.actor_not_topmost"));
            }
            ("/place", FaultCode::OutOfRange) => {
                problems.place = Some(w.text("report.place_too_small"));
            }
            _ => others.push(&fault.detail),
        }
    }
    problems.other = (!others.is_empty()).then(|| others.join("; "));
    problems
}

/// The address of the form.
fn address(visit: &Visit) -> String {
    format!("/operations/{}/report", visit.operation())
}

fn page(visit: &Visit, actor: Meant, place: Meant, problems: Problems) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    if !may(&entered, Action::ReadEntries) {
        // What is asked for would be refused.
        return Err(Error::Forbidden("your role reads no entries").into());
    }
    let at_fields = [problems.actor, problems.place, problems.from, problems.until];
    let is_wrong = at_fields.iter().any(Option::is_some) || problems.other.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (from, until) = period(visit);
    let typed = |name| visit.field(name).unwrap_or_default();
    let said = |problem: Option<&str>| problem.map(Problem::plain);
    let page = Page {
        w: visit.words,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        from,
        until,
        actor: chosen::<ArmedActor>(visit, typed("actor"), actor, said(problems.actor))?,
        place: chosen::<Place>(visit, typed("place"), place, said(problems.place))?,
        issues: issues(visit),
        is_handed_round: visit.field("edition") == Some("handed_round"),
        problems,
    };
    Reply::with_status(status, &page)
}

/// Every issue.
fn issues(visit: &Visit) -> Vec<Choice> {
    let chosen = visit.field("issue");
    let entries = vocabulary().entries("issue").iter();
    let choice = |entry: &'static concord_domain::vocabulary::Entry| Choice {
        code: &entry.code,
        // A list to choose from has one level that people can read: what is below is set in.
        label: format!(
            "{}{}",
            "\u{2003}".repeat(entry.code.matches('.').count()),
            entry.label_in(visit.words.language)
        ),
        is_chosen: chosen == Some(entry.code.as_str()),
    };
    entries.map(choice).collect()
}
