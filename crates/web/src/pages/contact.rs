//! Being put in touch: asking, what has come of it, and answering those who ask.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{
    Error,
    contact_requests::{
        self, AskedRequest, ReceivedRequest, Wish,
        received::{self, Reply as Answered},
    },
    cursor::Page as Part,
    once::Sent,
};
use concord_domain::{
    contact_request::{Asked, Received},
    fault::Fault,
    policy::Action,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many requests of each kind the page shows.
const SHOWN: i64 = 20;

/// A request of one's own.
struct Own {
    class: &'static str,
    state: &'static str,
    asked: String,
    closes: String,
    /// Those who have said yes: who, their people, and how they can be reached.
    with: Vec<(String, String, String)>,
}

/// A request of others.
struct Others {
    address: String,
    organization: String,
    class: &'static str,
    state: &'static str,
    closes: String,
    reason: String,
    /// What their lines are about, in outline.
    outlines: Vec<String>,
    people: String,
    contact: String,
    /// What can still be answered, and the key under which it is.
    form: Option<Form>,
}

/// What somebody writes, and what was wrong with it.
struct Form {
    key: String,
    reason: String,
    contact: String,
    problems: Vec<Problem>,
    can_confirm: bool,
}

impl Form {
    fn of(visit: &Visit, faults: &[Fault], is_typed: bool) -> Self {
        let typed =
            |name: &str| visit.field(name).filter(|_| is_typed).unwrap_or_default().to_owned();
        Self {
            key: visit.new_key(),
            reason: typed("reason"),
            contact: typed("contact"),
            problems: Problem::each(visit.words, faults),
            can_confirm: faults.iter().any(|fault| fault.finding.is_some()),
        }
    }
}

#[derive(Template)]
#[template(path = "contact.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    own: Vec<Own>,
    others: Vec<Others>,
}

#[derive(Template)]
#[template(path = "ask_contact.html", whitespace = "minimize")]
struct AskPage {
    w: Words,
    frame: Frame,
    address: String,
    form: Form,
}

/// What was asked, on both sides.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// The form with which to ask about a flag, or about a line of which no more may be shown.
pub fn ask(visit: &Visit) -> Result<Reply> {
    ask_page(visit, &[])
}

/// Asks about a flag.
pub fn send_about_flag(visit: &Visit) -> Result<Reply> {
    send(visit, "flag")
}

/// Asks about a line of which no more may be shown.
pub fn send_about_line(visit: &Visit) -> Result<Reply> {
    send(visit, "restricted")
}

/// Answers those who ask.
pub fn answer(visit: &Visit) -> Result<Reply> {
    let (person, operation, id) = (visit.person()?, visit.operation(), visit.id()?);
    let mut body = written(visit);
    body["answer"] = json!(visit.field("answer"));
    let sent = Sent { body: &body, idempotency_key: visit.field("key") };
    let done = Answered::read(&visit.app, &body)
        .and_then(|reply| received::answer(&visit.app, person, operation, id, (&reply, sent)));
    match done {
        Ok(_) => Ok(Reply::go_to(list_address(visit))),
        Err(Error::Invalid(faults)) => page(visit, Some((id, &faults))),
        Err(error) => Err(error.into()),
    }
}

fn list_address(visit: &Visit) -> String {
    format!("/operations/{}/contact", visit.operation())
}

fn send(visit: &Visit, member: &str) -> Result<Reply> {
    let (person, operation) = (visit.person()?, visit.operation());
    let mut body = written(visit);
    body[member] = json!(visit.id()?);
    let sent = Sent { body: &body, idempotency_key: visit.field("key") };
    let asked = Wish::read(&visit.app, &body)
        .and_then(|wish| contact_requests::ask(&visit.app, person, operation, (&wish, sent)));
    match asked {
        Ok(_) => Ok(Reply::go_to(list_address(visit))),
        Err(Error::Invalid(faults)) => ask_page(visit, &faults),
        Err(error) => Err(error.into()),
    }
}

/// What somebody has written, as the API takes it.
fn written(visit: &Visit) -> Value {
    let mut body = json!({});
    for name in ["reason", "contact"] {
        if let Some(text) = visit.field(name) {
            body[name] = json!(text.replace("\r\n", "\n"));
        }
    }
    if visit.field("confirm_text").is_some() {
        body["confirm_text"] = json!(true);
    }
    body
}

fn ask_page(visit: &Visit, faults: &[Fault]) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let page = AskPage {
        w: visit.words,
        frame: Frame::within(visit, &entered),
        address: visit.path.clone(),
        form: Form::of(visit, faults, true),
    };
    Reply::with_status(status(faults), &page)
}

fn status(faults: &[Fault]) -> StatusCode {
    if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn page(visit: &Visit, wrong: Option<(Uuid, &[Fault])>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (app, person, operation) = (&visit.app, visit.person()?, visit.operation());
    let part = Part { limit: Some(SHOWN), cursor: None };
    // The desk is asked, and asks nobody.
    let own = if entered.organizations.is_empty() {
        Vec::new()
    } else {
        contact_requests::list(app, person, operation, &part)?.items
    };
    let others = if may(&entered, Action::ReadQueue) || !entered.organizations.is_empty() {
        received::list(app, person, operation, &part)?.items
    } else {
        return Err(
            Error::Forbidden("only people of an organisation let it be put in touch").into()
        );
    };
    let page = Page {
        w: visit.words,
        frame: Frame { here: list_address(visit), ..Frame::within(visit, &entered) },
        own: own.into_iter().map(|request| own_of(visit.words, request)).collect(),
        others: others.into_iter().map(|request| others_of(visit, request, wrong)).collect(),
    };
    Reply::with_status(status(wrong.map_or(&[], |(_, faults)| faults)), &page)
}

fn own_of(w: Words, request: AskedRequest) -> Own {
    let state = match request.state {
        Asked::Waiting => "contact.waiting",
        Asked::Arranged => "contact.arranged",
        Asked::NotArranged => "contact.not_arranged",
    };
    let with = request.with.into_iter().map(|side| {
        let desk = || w.text("contact.desk").to_owned();
        let name = side.organization.map_or_else(desk, |organization| organization.name);
        (name, w.language.list(&side.people), side.contact.unwrap_or_default())
    });
    Own {
        class: w.of(request.request.class),
        state: w.text(state),
        asked: w.day(request.request.asked_at.date()),
        closes: w.day(request.request.closes_on),
        with: with.collect(),
    }
}

fn others_of(visit: &Visit, request: ReceivedRequest, wrong: Option<(Uuid, &[Fault])>) -> Others {
    let w = visit.words;
    let id = request.side.id;
    let state = match request.state {
        Received::Waiting => "contact.to_answer",
        Received::Accepted => "contact.arranged",
        Received::Declined => "contact.declined",
        Received::Unanswered => "contact.unanswered",
    };
    let is_open = concord_domain::contact_request::is_open(request.closes_on, visit.app.today());
    let can_answer = is_open && matches!(request.state, Received::Waiting | Received::Declined);
    let faults = wrong.filter(|(of, _)| *of == id).map(|(_, faults)| faults);
    let outlines = request.about.into_iter().filter_map(|(_, outline)| outline);
    let outline = |outline: concord_reports::disclosed::DisclosedSummary| {
        let mut parts = vec![outline.armed_actor.name];
        parts.extend(outline.level.map(|level| level.label));
        parts.extend(outline.issues.into_iter().map(|issue| issue.label));
        parts.extend(outline.areas.into_iter().map(|area| area.name));
        parts.join(" · ")
    };
    Others {
        address: format!("{}/{id}/answer", list_address(visit)),
        organization: request.organization.name,
        class: w.of(request.class),
        state: w.text(state),
        closes: w.day(request.closes_on),
        reason: request.reason.unwrap_or_default(),
        outlines: outlines.map(outline).collect(),
        people: w.language.list(&request.people),
        contact: request.contact.unwrap_or_default(),
        form: can_answer.then(|| Form::of(visit, faults.unwrap_or_default(), faults.is_some())),
    }
}
