//! Who was agreed to lead towards an armed actor.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    armed_actors::search,
    once::Sent,
    resources::{self, Shown},
};
use concord_domain::{
    document::{ArmedActor, Lead, Mechanism, Organization},
    policy::Action,
    vocabulary::{Closed, Issue, Level},
};
use serde_json::{Value, json};

use super::kept::{self, text};
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many armed actors are looked at for one that is called just so, to tell one from several.
const NAMES_SOUGHT: usize = 8;

/// A lead, in words.
struct Line {
    armed_actor: String,
    organization: String,
    mechanism: String,
    /// At which level, and about what; nothing where it is all.
    limits: Vec<String>,
    when: String,
}

#[derive(Template)]
#[template(path = "leads.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    /// For who keeps them.
    form: Option<Form>,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/leads", visit.operation())
}

/// The leads.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let members = ["organization", "mechanism", "level", "issue", "from", "until"];
    let mut body = form::body(visit, &members, &[]);
    if let Some(actor) = armed_actor(visit)? {
        body["armed_actor"] = actor.into();
    }
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    let (person, operation) = (visit.person()?, visit.operation());
    match resources::create::<Lead>(&visit.app, person, operation, sent) {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

/// The armed actor that is meant by what was typed, or what was typed, which may be its key.
pub fn armed_actor(visit: &Visit) -> Result<Option<String>> {
    let Some(typed) = visit.field("armed_actor") else { return Ok(None) };
    let body = json!({"name": typed, "limit": NAMES_SOUGHT});
    let found = search::search(&visit.app, visit.person()?, visit.operation(), &body)?;
    let is_called = |name: &str| name.to_lowercase() == typed.to_lowercase();
    let called = found.iter().filter(|one| one.score >= 1.0 || is_called(&one.name));
    let called: Vec<_> = called.collect();
    Ok(Some(match called.as_slice() {
        [one] => one.actor.identity.id.0.to_string(),
        _ => typed.to_owned(),
    }))
}

/// The field in which an armed actor is named.
pub fn armed_actor_field(visit: &Visit) -> Result<Field> {
    let names = Kind::Suggested(kept::few_names::<ArmedActor>(visit)?);
    let field = Field::new(visit, "armed_actor", "meeting.actor", names);
    Ok(field.about(visit.words.text("leads.actor_about")))
}

/// The fields that say from when until when something holds.
pub fn window(visit: &Visit, form: Form) -> Form {
    form.with(Field::new(visit, "from", "kept.first_day", Kind::Day).optional())
        .with(Field::new(visit, "until", "kept.last_day", Kind::Day).optional())
}

/// The field in which a mechanism is chosen.
pub fn mechanism_field(visit: &Visit) -> Result<Field> {
    let mechanisms = form::named(visit, "mechanism", &kept::names::<Mechanism>(visit)?);
    let kind = Kind::One(mechanisms);
    Ok(Field::new(visit, "mechanism", "leads.mechanism", kind).optional())
}

fn form(visit: &Visit) -> Result<Form> {
    let organizations = kept::names::<Organization>(visit)?;
    let organizations = Kind::One(form::named(visit, "organization", &organizations));
    let levels = form::closed(visit, "level", Level::ALL);
    let issues = form::one_of::<Issue>(visit, "issue");
    let form = Form::new(visit, address(visit), "leads.add")
        .with(armed_actor_field(visit)?)
        .with(Field::new(visit, "organization", "leads.organization", organizations))
        .with_any(mechanism_field(visit)?)
        .with(
            Field::new(visit, "level", "leads.level", levels)
                .about(visit.words.text("leads.all_unless"))
                .optional(),
        )
        .with(Field::new(visit, "issue", "kept.issue", issues).optional());
    Ok(window(visit, form))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let (items, next) = kept::part::<Lead>(visit)?;
    let names = [
        kept::names_of::<ArmedActor>(visit, &items, "armed_actor")?,
        kept::names_of::<Organization>(visit, &items, "organization")?,
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

fn line(w: Words, shown: &Shown, names: &[HashMap<String, String>; 3]) -> Line {
    let body = &shown.body;
    let named = |names: &HashMap<String, String>, member: &str| {
        names.get(&text(&body[member])).cloned().unwrap_or_default()
    };
    let coded = |list, member: &str| {
        Some(&body[member])
            .filter(|code| !code.is_null())
            .map(|code: &Value| kept::label(w, list, code))
    };
    let limits = [coded("level", "level"), coded("issue", "issue")];
    Line {
        armed_actor: named(&names[0], "armed_actor"),
        organization: named(&names[1], "organization"),
        mechanism: named(&names[2], "mechanism"),
        limits: limits.into_iter().flatten().collect(),
        when: kept::window(w, body),
    }
}
