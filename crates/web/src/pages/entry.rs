//! One entry: what it says, what it raises, and how it stands.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{
    Error, flags,
    outlook::sides::sides,
    resources::{self, Shown, renewal},
};
use concord_domain::{
    document::Engagement,
    fault::Fault,
    flag::Subject,
    id::EngagementId,
    vocabulary::{Audience, Closed, Disclosure, EngagementStatus},
};
use serde_json::{Value, json};

use super::{
    flags::{Restricted, restricted_shown},
    line::LineShown,
    raised::Raised,
};
use crate::{
    assets,
    form::Problem,
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// What somebody of the organisation can do with it.
struct Form {
    /// The state on which a change is based.
    tag: String,
    /// Every status, and whether it is this one.
    statuses: Vec<(&'static str, &'static str, bool)>,
    problems: Vec<Problem>,
}

#[derive(Template)]
#[template(path = "entry.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    /// What keeps drafts, and the form whose draft has become an entry.
    draft: (String, String),
    line: LineShown,
    /// Who reads it, and what all others may learn.
    sharing: (&'static str, &'static str),
    /// What was written besides, each under what it is called.
    texts: Vec<(&'static str, String)>,
    flags: Vec<Raised>,
    restricted: Vec<Restricted>,
    form: Option<Form>,
}

/// The entry.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, &[])
}

/// Says that it stands today as it is written.
pub fn renew(visit: &Visit) -> Result<Reply> {
    let about = (visit.id()?, visit.field("tag"));
    renewal::renew(&visit.app, visit.person()?, visit.operation(), about)?;
    Ok(Reply::go_to(address(visit)))
}

/// Says how far it has come.
pub fn change_status(visit: &Visit) -> Result<Reply> {
    let about = (visit.id()?, visit.field("tag"));
    let body = json!({"status": visit.field("status")});
    let (person, operation) = (visit.person()?, visit.operation());
    match resources::amend::<Engagement>(&visit.app, person, operation, about, &body) {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(Error::Invalid(faults)) => page(visit, &faults),
        Err(error) => Err(error.into()),
    }
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/entries/{}", visit.operation(), visit.part("id"))
}

fn page(visit: &Visit, faults: &[Fault]) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (app, person, operation) = (&visit.app, visit.person()?, visit.operation());
    let (w, id) = (visit.words, visit.id()?);
    let shown = resources::get::<Engagement>(app, person, operation, id)?;
    let subject = [Subject::Engagement(EngagementId(id))];
    let line = sides(app, person, operation, &subject)?.lines.pop().ok_or(Error::NotFound)?;
    let (found, restricted) = flags::of_engagement(app, person, operation, id)?;
    let led_by = shown.body["organization"].as_str().unwrap_or_default();
    let is_own = entered.organizations.iter().any(|own| own.to_string() == led_by);
    let page = Page {
        w,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        draft: (assets::draft(), format!("/operations/{}/log", visit.operation())),
        line: LineShown::of(w, line),
        sharing: sharing(w, &shown.body),
        texts: texts(w, &shown.body),
        flags: found.iter().map(|flag| Raised::of(visit, flag)).collect(),
        restricted: restricted_shown(visit, &restricted)?,
        form: is_own.then(|| form(w, &shown, faults)),
    };
    let is_wrong = !faults.is_empty();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(Reply::with_status(status, &page)?.with_script())
}

fn form(w: Words, shown: &Shown, faults: &[Fault]) -> Form {
    let now = shown.body["status"].as_str().unwrap_or_default();
    let status = |each: &EngagementStatus| (each.code(), w.of(*each), each.code() == now);
    Form {
        tag: shown.etag(),
        statuses: EngagementStatus::ALL.iter().map(status).collect(),
        problems: Problem::each(w, faults),
    }
}

fn sharing(w: Words, body: &Value) -> (&'static str, &'static str) {
    let code = |name: &str| body[name].as_str().unwrap_or_default();
    let audience = Audience::from_code(code("audience")).map_or("", |code| w.of(code));
    let disclosure = Disclosure::from_code(code("disclosure")).map_or("", |code| w.of(code));
    (audience, disclosure)
}

fn texts(w: Words, body: &Value) -> Vec<(&'static str, String)> {
    let all = [
        ("summary", w.text("entry.summary")),
        ("purpose", w.text("entry.purpose")),
        ("outcome", w.text("entry.outcome")),
        ("lessons", w.text("entry.lessons")),
    ];
    let written = |(name, called)| Some((called, body[name].as_str()?.to_owned()));
    all.into_iter().filter_map(written).collect()
}
