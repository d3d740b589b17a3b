//! What the organisations agreed not to ask for, to offer or to accept.

use std::collections::HashMap;

use askama::Template;
use concord_app::resources::Shown;
use concord_domain::{
    document::{ArmedActor, CommonPosition, Mechanism},
    policy::Action,
    vocabulary::{self, DemandKind, Issue, Offer},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    kept::{self, text},
    leads::{amended_actor, armed_actor, armed_actor_field, mechanism_field, window},
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
    id: Uuid,
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
    address: String,
    /// All of a page of them; where one is amended, that one.
    lines: Vec<Line>,
    next: Option<String>,
    /// Whether one is amended.
    is_one: bool,
    /// For who keeps them.
    form: Option<Form>,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/common-positions", visit.operation())
}

/// The common positions.
pub fn list(visit: &Visit) -> Result<Reply> {
    all(visit, None)
}

/// What is said of a common position, beside the armed actor.
const MEMBERS: [&str; 5] = ["title", "issue", "mechanism", "from", "until"];
const LISTS: [&str; 3] = ["excludes_actions", "excludes_offers", "refuses_demands"];

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let mut body = form::body(visit, &MEMBERS, &LISTS);
    if let Some(actor) = armed_actor(visit)? {
        body["armed_actor"] = actor.into();
    }
    kept::add::<CommonPosition>(visit, &body, address(visit), all)
}

/// The form in which one is amended.
pub fn show(visit: &Visit) -> Result<Reply> {
    one(visit, None)
}

/// Amends one.
pub fn amend(visit: &Visit) -> Result<Reply> {
    let mut body = form::whole_body(visit, &MEMBERS, &LISTS);
    body["armed_actor"] = amended_actor::<CommonPosition>(visit)?.into();
    kept::amend::<CommonPosition>(visit, &body, address(visit), one)
}

/// A form with all that is said of a common position, as it was before.
fn fields(visit: &Visit, form: Form, (before, actor): (&Value, &str)) -> Result<Form> {
    let w = visit.words;
    let field = |name, label, kind| Field::new(visit, name, label, kind).amending(visit, before);
    let any = |name, label, kind| field(name, label, kind).optional();
    let actions = form::any_of::<vocabulary::Action>(visit, "excludes_actions");
    let offers = form::any_of::<Offer>(visit, "excludes_offers");
    let demands = form::any_of::<DemandKind>(visit, "refuses_demands");
    let title = field("title", "common_positions.one", Kind::Line(300));
    let issue = field("issue", "kept.issue", form::one_of::<Issue>(visit, "issue"));
    let armed_actor = armed_actor_field(visit)?.about(w.text("common_positions.actor_about"));
    let form = form
        .with(title.about(w.text("common_positions.one_about")))
        .with(issue)
        .with(any("refuses_demands", "common_positions.demands", demands))
        .with(any("excludes_offers", "common_positions.offers", offers))
        .with(any("excludes_actions", "common_positions.actions", actions))
        .with(armed_actor.beginning_with(visit, actor).optional())
        .with_any(mechanism_field(visit, before)?);
    Ok(window(visit, form, before))
}

fn all(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (items, next) = kept::part::<CommonPosition>(visit)?;
    let mut page = Page {
        w: visit.words,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        lines: lines(visit, &items)?,
        next,
        is_one: false,
        form: None,
    };
    if !may(&entered, Action::KeepAgreements) {
        return kept::only_read(&page, refused.as_ref());
    }
    let form = Form::new(visit, address(visit), "common_positions.add");
    let form = fields(visit, form, (&Value::Null, ""))?.refused(visit.words, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}

fn one(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (shown, form) = kept::amended::<CommonPosition>(visit, &address(visit))?;
    let lines = lines(visit, std::slice::from_ref(&shown))?;
    let actor = lines.first().map(|line| line.armed_actor.clone()).unwrap_or_default();
    let mut page = Page {
        w: visit.words,
        frame: Frame { here: form.action.clone(), ..Frame::within(visit, &entered) },
        address: address(visit),
        lines,
        next: None,
        is_one: true,
        form: None,
    };
    if !may(&entered, Action::KeepAgreements) {
        return kept::only_read(&page, refused.as_ref());
    }
    let form = fields(visit, form, (&shown.body, &actor))?.refused(visit.words, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}

fn lines(visit: &Visit, items: &[Shown]) -> Result<Vec<Line>> {
    let names = [
        kept::names_of::<ArmedActor>(visit, items, "armed_actor")?,
        kept::names_of::<Mechanism>(visit, items, "mechanism")?,
    ];
    Ok(items.iter().map(|shown| line(visit.words, shown, &names)).collect())
}

fn line(w: Words, shown: &Shown, names: &[HashMap<String, String>; 2]) -> Line {
    let body = &shown.body;
    let named = |names: &HashMap<String, String>, member: &str| {
        names.get(&text(&body[member])).cloned().unwrap_or_default()
    };
    Line {
        id: shown.id,
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
