//! The mechanisms of an operation: clusters, groups and forums in which organisations coordinate.

use askama::Template;
use concord_app::resources::Shown;
use concord_domain::{document::Mechanism, policy::Action, vocabulary::MechanismKind};
use serde_json::Value;
use uuid::Uuid;

use super::kept::{self, text};
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A mechanism, in words.
struct Line {
    id: Uuid,
    name: String,
    kind: String,
}

#[derive(Template)]
#[template(path = "mechanisms.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    /// All of a page of them; where one is amended, none.
    lines: Vec<Line>,
    next: Option<String>,
    /// The name of the one that is amended.
    one: Option<String>,
    /// For who keeps them.
    form: Option<Form>,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/mechanisms", visit.operation())
}

/// The mechanisms.
pub fn list(visit: &Visit) -> Result<Reply> {
    all(visit, None)
}

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let body = form::body(visit, &["name", "kind", "key"], &[]);
    kept::add::<Mechanism>(visit, &body, address(visit), all)
}

/// The form in which one is amended.
pub fn show(visit: &Visit) -> Result<Reply> {
    one(visit, None)
}

/// Amends one.
pub fn amend(visit: &Visit) -> Result<Reply> {
    let body = form::whole_body(visit, &["name"], &[]);
    kept::amend::<Mechanism>(visit, &body, address(visit), one)
}

/// The field that can be amended.
fn name(visit: &Visit, before: &Value) -> Field {
    Field::new(visit, "name", "kept.name", Kind::Line(300)).amending(visit, before)
}

fn all(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let (items, next) = kept::part::<Mechanism>(visit)?;
    let lines = items.iter().map(|shown| line(w, shown)).collect();
    let mut page = Page {
        w,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        lines,
        next,
        one: None,
        form: None,
    };
    if !may(&entered, Action::KeepReference) {
        return kept::only_read(&page, refused.as_ref());
    }
    let form = Form::new(visit, address(visit), "mechanisms.add").with(name(visit, &Value::Null));
    let kind = form::one_of::<MechanismKind>(visit, "kind");
    let key = Field::new(visit, "key", "kept.key", Kind::Code(64)).about(w.text("kept.key_about"));
    let form = form.with(Field::new(visit, "kind", "kept.kind", kind)).with(key.optional());
    form.refused(w, refused).answer(|form| {
        page.form = Some(form);
        page
    })
}

fn line(w: Words, shown: &Shown) -> Line {
    let kind = kept::label(w, "mechanism_kind", &shown.body["kind"]);
    Line { id: shown.id, name: text(&shown.body["name"]), kind }
}

fn one(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (shown, form) = kept::amended::<Mechanism>(visit, &address(visit))?;
    let mut page = Page {
        w: visit.words,
        frame: Frame { here: form.action.clone(), ..Frame::within(visit, &entered) },
        address: address(visit),
        lines: Vec::new(),
        next: None,
        one: Some(text(&shown.body["name"])),
        form: None,
    };
    if !may(&entered, Action::KeepReference) {
        return kept::only_read(&page, refused.as_ref());
    }
    let form = form.with(name(visit, &shown.body)).refused(visit.words, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}
