//! The organisations of an operation: who is there, one more, another name.

use std::collections::HashMap;

use askama::Template;
use concord_app::resources::Shown;
use concord_domain::{
    document::{Mechanism, Organization},
    policy::Action,
    vocabulary::OrganizationKind,
};
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

/// An organisation, in words.
struct Line {
    id: Uuid,
    name: String,
    acronym: String,
    kind: String,
    mechanisms: Vec<String>,
}

#[derive(Template)]
#[template(path = "organizations.html", whitespace = "minimize")]
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
    format!("/operations/{}/organizations", visit.operation())
}

/// The organisations.
pub fn list(visit: &Visit) -> Result<Reply> {
    all(visit, None)
}

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let body = form::body(visit, &["name", "acronym", "kind", "key"], &["mechanisms"]);
    kept::add::<Organization>(visit, &body, address(visit), all)
}

/// The form in which one is amended.
pub fn show(visit: &Visit) -> Result<Reply> {
    one(visit, None)
}

/// Amends one.
pub fn amend(visit: &Visit) -> Result<Reply> {
    let body = form::whole_body(visit, &["name", "acronym"], &["mechanisms"]);
    kept::amend::<Organization>(visit, &body, address(visit), one)
}

/// The fields that can be amended.
fn fields(visit: &Visit, form: Form, before: &Value) -> Result<Form> {
    let mechanisms = kept::names::<Mechanism>(visit)?;
    let choices = form::named(visit, "mechanisms", &mechanisms);
    let name = Field::new(visit, "name", "kept.name", Kind::Line(300));
    let acronym = Field::new(visit, "acronym", "organizations.acronym", Kind::Line(300));
    let mechanisms =
        Field::new(visit, "mechanisms", "organizations.mechanisms", Kind::Any(choices));
    let mechanisms = mechanisms.about(visit.words.text("organizations.mechanisms_about"));
    Ok(form
        .with(name.amending(visit, before))
        .with(acronym.amending(visit, before).optional())
        .with_any(mechanisms.amending(visit, before).optional()))
}

fn all(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let (items, next) = kept::part::<Organization>(visit)?;
    let mechanisms: HashMap<String, String> =
        kept::names::<Mechanism>(visit)?.into_iter().collect();
    let lines = items.iter().map(|shown| line(w, shown, &mechanisms)).collect();
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
    let form = fields(visit, Form::new(visit, address(visit), "organizations.add"), &Value::Null)?;
    let kind = form::one_of::<OrganizationKind>(visit, "kind");
    let key = Field::new(visit, "key", "kept.key", Kind::Code(64)).about(w.text("kept.key_about"));
    let form = form.with(Field::new(visit, "kind", "kept.kind", kind)).with(key.optional());
    form.refused(w, refused).answer(|form| {
        page.form = Some(form);
        page
    })
}

fn line(w: Words, shown: &Shown, mechanisms: &HashMap<String, String>) -> Line {
    let body = &shown.body;
    let member_of = body["mechanisms"].as_array().into_iter().flatten();
    let named = member_of.filter_map(|id| mechanisms.get(id.as_str()?).cloned());
    Line {
        id: shown.id,
        name: text(&body["name"]),
        acronym: text(&body["acronym"]),
        kind: kept::label(w, "organization_kind", &body["kind"]),
        mechanisms: named.collect(),
    }
}

fn one(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (shown, form) = kept::amended::<Organization>(visit, &address(visit))?;
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
    let form = fields(visit, form, &shown.body)?.refused(visit.words, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}
