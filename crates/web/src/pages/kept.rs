//! What the pages of things that an operation keeps have in common.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    Error,
    cursor::{Items, Page},
    once::Sent,
    resources::{self, Resource, Shown},
};
use concord_domain::vocabulary::vocabulary;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    form::{self, Form, Refused},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A page with a form, which says what was refused of it.
type Again = fn(&Visit, Option<Refused>) -> Result<Reply>;

/// How many things a page shows.
const SHOWN: i64 = 100;
/// How many are asked for at a time where all are needed.
const ASKED: i64 = 200;

/// Adds a thing and leads to where all of its kind are; or the page again, if it is refused.
///
/// # Errors
/// Those that the form cannot mend.
pub fn add<T: Resource>(visit: &Visit, body: &Value, to: String, again: Again) -> Result<Reply> {
    let sent = Sent { body, idempotency_key: form::once(visit) };
    let added = resources::create::<T>(&visit.app, visit.person()?, visit.operation(), sent);
    match added {
        Ok(_) => Ok(Reply::go_to(to)),
        Err(error) => again(visit, Some(Refused::of(visit.words, error)?)),
    }
}

/// Amends a thing and leads to where all of its kind are; or the page again, if it is refused.
///
/// # Errors
/// Those that the form cannot mend.
pub fn amend<T: Resource>(visit: &Visit, body: &Value, to: String, again: Again) -> Result<Reply> {
    let which = (visit.id()?, visit.field(form::STATE));
    let (person, operation) = (visit.person()?, visit.operation());
    match resources::amend::<T>(&visit.app, person, operation, which, body) {
        Ok(_) => Ok(Reply::go_to(to)),
        Err(error) => again(visit, Some(Refused::of(visit.words, error)?)),
    }
}

/// The thing that is amended, and a form for it at its address below that of all.
///
/// # Errors
/// Those of reading it.
pub fn amended<T: Resource>(visit: &Visit, all: &str) -> Result<(Shown, Form)> {
    let (person, operation) = (visit.person()?, visit.operation());
    let shown = resources::get::<T>(&visit.app, person, operation, visit.id()?)?;
    // What is amended is what was read before, even if the form is sent a second time.
    let state = visit.field(form::STATE).map_or_else(|| shown.etag(), str::to_owned);
    let form = Form::new(visit, format!("{all}/{}", shown.id), "kept.change");
    Ok((shown, form.carrying(form::STATE, state)))
}

/// The part of a list that is asked for, and the address at which it goes on.
pub fn part<T: Resource>(visit: &Visit) -> Result<(Vec<Shown>, Option<String>)> {
    let part = Page { limit: Some(SHOWN), cursor: visit.field("cursor").map(str::to_owned) };
    let Items { items, next } =
        resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
    Ok((items, next.map(|cursor| format!("?cursor={cursor}"))))
}

/// All things of a kind.
///
/// # Errors
/// Those of listing them.
pub fn all<T: Resource>(visit: &Visit) -> Result<Vec<Shown>> {
    let mut all = Vec::new();
    let mut part = Page { limit: Some(ASKED), cursor: None };
    loop {
        let page = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
        all.extend(page.items);
        match page.next {
            Some(next) => part.cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// Every thing of a kind by its id, with its name, by name.
pub fn names<T: Resource>(visit: &Visit) -> Result<Vec<(String, String)>> {
    let named = |shown: &Shown| (shown.id.to_string(), text(&shown.body["name"]));
    let mut names: Vec<_> = all::<T>(visit)?.iter().map(named).collect();
    names.sort_by_key(|(_, name)| name.to_lowercase());
    Ok(names)
}

/// Some names of a kind, for who types one to choose from; none if there are more.
pub fn few_names<T: Resource>(visit: &Visit) -> Result<Vec<String>> {
    let part = Page { limit: Some(ASKED), cursor: None };
    let page = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
    let mut names: Vec<String> = match page.next {
        None => page.items.iter().map(|shown| text(&shown.body["name"])).collect(),
        Some(_) => Vec::new(),
    };
    names.sort();
    names.dedup();
    Ok(names)
}

/// The names of the things that some members refer to, as far as the visitor knows of them.
pub fn names_of<T: Resource>(
    visit: &Visit,
    things: &[Shown],
    member: &str,
) -> Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    for id in things.iter().filter_map(|shown| shown.body[member].as_str()) {
        let Some(known) = Uuid::parse_str(id).ok().filter(|_| !names.contains_key(id)) else {
            continue;
        };
        let found = resources::get::<T>(&visit.app, visit.person()?, visit.operation(), known);
        let name = found.map(|shown| text(&shown.body["name"])).unwrap_or_default();
        names.insert(id.to_owned(), name);
    }
    Ok(names)
}

/// A page for who only reads, and can have sent no form of it.
pub fn only_read(page: &impl Template, sent: Option<&Refused>) -> Result<Reply> {
    match sent {
        None => Reply::page(page),
        Some(_) => Err(Error::Forbidden("your role does not keep this").into()),
    }
}

/// Whether there is nothing of a kind.
pub fn is_without<T: Resource>(visit: &Visit) -> Result<bool> {
    let part = Page { limit: Some(1), cursor: None };
    let found = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
    Ok(found.items.is_empty())
}

/// A text of a thing; nothing where there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a code of a list is called.
pub fn label(w: Words, list: &str, code: &Value) -> String {
    let code = code.as_str().unwrap_or_default();
    let entry = vocabulary().entry(list, code);
    entry.map_or(code, |entry| entry.label_in(w.language)).to_owned()
}

/// What the codes of a list are called, in one line.
pub fn labels(w: Words, list: &str, codes: &Value) -> String {
    let codes = codes.as_array().into_iter().flatten();
    w.language.list(&codes.map(|code| label(w, list, code)).collect::<Vec<_>>())
}

/// From when until when something holds, in words; nothing if it always does.
pub fn window(w: Words, body: &Value) -> String {
    let day = |member: &str| body[member].as_str().map(|day| w.written_day(day));
    match (day("from"), day("until")) {
        (Some(from), Some(until)) => format!("{from} – {until}"),
        (Some(from), None) => w.filled("kept.from", &from),
        (None, Some(until)) => w.filled("kept.until", &until),
        (None, None) => String::new(),
    }
}
