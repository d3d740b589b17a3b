//! Who was agreed to lead towards an armed actor.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    armed_actors::search,
    resources::{self, Resource, Shown},
};
use concord_domain::{
    document::{ArmedActor, Lead, Mechanism, Organization},
    policy::Action,
    vocabulary::{Closed, Issue, Level},
};
use serde_json::{Value, json};
use uuid::Uuid;

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
    id: Uuid,
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
    format!("/operations/{}/leads", visit.operation())
}

/// The leads.
pub fn list(visit: &Visit) -> Result<Reply> {
    all(visit, None)
}

/// What is said of a lead, beside the armed actor.
const MEMBERS: [&str; 6] = ["organization", "mechanism", "level", "issue", "from", "until"];

/// Adds one.
pub fn add(visit: &Visit) -> Result<Reply> {
    let mut body = form::body(visit, &MEMBERS, &[]);
    if let Some(actor) = armed_actor(visit)? {
        body["armed_actor"] = actor.into();
    }
    kept::add::<Lead>(visit, &body, address(visit), all)
}

/// The form in which one is amended.
pub fn show(visit: &Visit) -> Result<Reply> {
    one(visit, None)
}

/// Amends one.
pub fn amend(visit: &Visit) -> Result<Reply> {
    let mut body = form::whole_body(visit, &MEMBERS, &[]);
    body["armed_actor"] = amended_actor::<Lead>(visit)?.into();
    kept::amend::<Lead>(visit, &body, address(visit), one)
}

/// The armed actor that is meant by what was typed: the one from before, as long as its name was left.
pub fn amended_actor<T: Resource>(visit: &Visit) -> Result<Option<String>> {
    let (person, operation) = (visit.person()?, visit.operation());
    let before = resources::get::<T>(&visit.app, person, operation, visit.id()?)?;
    let names = kept::names_of::<ArmedActor>(visit, &[before], "armed_actor")?;
    let same =
        names.into_iter().find(|(_, name)| Some(name.as_str()) == visit.field("armed_actor"));
    Ok(match same {
        Some((id, _)) => Some(id),
        None => armed_actor(visit)?,
    })
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
pub fn window(visit: &Visit, form: Form, before: &Value) -> Form {
    let day =
        |name, label| Field::new(visit, name, label, Kind::Day).amending(visit, before).optional();
    form.with(day("from", "kept.first_day")).with(day("until", "kept.last_day"))
}

/// The field in which a mechanism is chosen.
pub fn mechanism_field(visit: &Visit, before: &Value) -> Result<Field> {
    let mechanisms = form::named(visit, "mechanism", &kept::names::<Mechanism>(visit)?);
    let field = Field::new(visit, "mechanism", "leads.mechanism", Kind::One(mechanisms));
    Ok(field.amending(visit, before).optional())
}

/// A form with all that is said of a lead, as it was before.
fn fields(visit: &Visit, form: Form, (before, actor): (&Value, &str)) -> Result<Form> {
    let organizations = kept::names::<Organization>(visit)?;
    let organizations = Kind::One(form::named(visit, "organization", &organizations));
    let levels = form::closed(visit, "level", Level::ALL);
    let issues = form::one_of::<Issue>(visit, "issue");
    let field = |name, label, kind| Field::new(visit, name, label, kind).amending(visit, before);
    let level = field("level", "leads.level", levels).about(visit.words.text("leads.all_unless"));
    let form = form
        .with(armed_actor_field(visit)?.beginning_with(visit, actor))
        .with(field("organization", "leads.organization", organizations))
        .with_any(mechanism_field(visit, before)?)
        .with(level.optional())
        .with(field("issue", "kept.issue", issues).optional());
    Ok(window(visit, form, before))
}

fn all(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (items, next) = kept::part::<Lead>(visit)?;
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
    let form = Form::new(visit, address(visit), "leads.add");
    let form = fields(visit, form, (&Value::Null, ""))?.refused(visit.words, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}

fn one(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (shown, form) = kept::amended::<Lead>(visit, &address(visit))?;
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
        kept::names_of::<Organization>(visit, items, "organization")?,
        kept::names_of::<Mechanism>(visit, items, "mechanism")?,
    ];
    Ok(items.iter().map(|shown| line(visit.words, shown, &names)).collect())
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
        id: shown.id,
        armed_actor: named(&names[0], "armed_actor"),
        organization: named(&names[1], "organization"),
        mechanism: named(&names[2], "mechanism"),
        limits: limits.into_iter().flatten().collect(),
        when: kept::window(w, body),
    }
}
