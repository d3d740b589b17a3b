//! What the organisations agreed not to ask for, to offer or to accept.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    once::Sent,
    resources::{self, Shown},
};
use concord_domain::{
    document::{ArmedActor, CommonPosition, Mechanism},
    policy::Action,
    vocabulary::{self, DemandKind, Issue, Offer},
};

use super::{
    kept::{self, text},
    leads::{armed_actor, armed_actor_field, mechanism_field, window},
};
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A common position, in words.
struct Line {
    title: String,
    issue: String,
    armed_actor: String,
    mechanism: String,
    actions: String,
    offers: String,
    demands: String,
    when: String,
}

#[derive(Template)]
#[template(path = "common_positions.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    /// For who keeps them.
    form: Option<Form>,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/common-positions", visit.operation())
}

/// The common positions.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let lines = ["title", "issue", "mechanism", "from", "until"];
    let lists = ["excludes_actions", "excludes_offers", "refuses_demands"];
    let mut body = form::body(visit, &lines, &lists);
    if let Some(actor) = armed_actor(visit)? {
        body["armed_actor"] = actor.into();
    }
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    let (person, operation) = (visit.person()?, visit.operation());
    match resources::create::<CommonPosition>(&visit.app, person, operation, sent) {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

fn form(visit: &Visit) -> Result<Form> {
    let w = visit.words;
    let any = |name, label, kind| Field::new(visit, name, label, kind).optional();
    let actions = form::any_of::<vocabulary::Action>(visit, "excludes_actions");
    let offers = form::any_of::<Offer>(visit, "excludes_offers");
    let demands = form::any_of::<DemandKind>(visit, "refuses_demands");
    let title = Field::new(visit, "title", "common_positions.one", Kind::Line(300));
    let issue = Field::new(visit, "issue", "kept.issue", form::one_of::<Issue>(visit, "issue"));
    let form = Form::new(visit, address(visit), "common_positions.add")
        .with(title.about(w.text("common_positions.one_about")))
        .with(issue)
        .with(any("refuses_demands", "common_positions.demands", demands))
        .with(any("excludes_offers", "common_positions.offers", offers))
        .with(any("excludes_actions", "common_positions.actions", actions))
        .with(armed_actor_field(visit)?.about(w.text("common_positions.actor_about")).optional())
        .with_any(mechanism_field(visit)?);
    Ok(window(visit, form))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let (items, next) = kept::part::<CommonPosition>(visit)?;
    let names = [
        kept::names_of::<ArmedActor>(visit, &items, "armed_actor")?,
        kept::names_of::<Mechanism>(visit, &items, "mechanism")?,
    ];
    let lines = items.iter().map(|shown| line(w, shown, &names)).collect();
    let frame = Frame { here: address(visit), ..Frame::within(visit, &entered) };
    let mut page = Page { w, frame, lines, next, form: None };
    if !may(&entered, Action::KeepAgreements) {
        return kept::only_read(&page, refused.as_ref());
    }
    form(visit)?.refused(w, refused).answer(|form| {
        page.form = Some(form);
        page
    })
}

fn line(w: Words, shown: &Shown, names: &[HashMap<String, String>; 2]) -> Line {
    let body = &shown.body;
    let named = |names: &HashMap<String, String>, member: &str| {
        names.get(&text(&body[member])).cloned().unwrap_or_default()
    };
    Line {
        title: text(&body["title"]),
        issue: kept::label(w, "issue", &body["issue"]),
        armed_actor: named(&names[0], "armed_actor"),
        mechanism: named(&names[1], "mechanism"),
        actions: kept::labels(w, "action", &body["excludes_actions"]),
        offers: kept::labels(w, "offer", &body["excludes_offers"]),
        demands: kept::labels(w, "demand", &body["refuses_demands"]),
        when: kept::window(w, body),
    }
}
