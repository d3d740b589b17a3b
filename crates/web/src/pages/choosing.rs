//! Choosing something by what it is called: what was typed, what may be meant by it, and what is
//! asked back.

use concord_app::{
    armed_actors::search,
    cursor::Page as Part,
    places::{Suggested, search as search_places},
    resources::{self, Resource, Shown},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::visit::{Result, Visit};

/// How many names stand in a list to choose from as one types; if there are more, none do.
const NAMES_MAX: i64 = 200;
/// How many things are offered if it is not clear which one is meant.
const OFFERED_MAX: usize = 8;

/// Something that may be meant.
pub struct Offer {
    /// Which one.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is part of.
    pub above: Option<String>,
}

/// What is meant by what was typed.
#[derive(Default)]
pub enum Meant {
    /// Nothing was typed.
    #[default]
    Nothing,
    /// This one.
    One(Uuid),
    /// One of these, or, if there are none, nothing that is known.
    Several(Vec<Offer>),
}

/// A field by which something is chosen, as it stands in the form.
pub struct Chosen {
    /// What was typed.
    pub typed: String,
    /// The names that there are, unless there are too many.
    pub names: Vec<String>,
    /// The one that is clear already, while something else is not.
    pub kept: Option<Uuid>,
    /// Those that may be meant.
    pub offers: Vec<Offer>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// A field as it stands in the form.
///
/// # Errors
/// Those of listing what can be chosen.
pub fn chosen<T: Resource>(
    visit: &Visit,
    typed: &str,
    meant: Meant,
    problem: Option<String>,
) -> Result<Chosen> {
    let part = Part { limit: Some(NAMES_MAX), cursor: None };
    let all = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
    let mut names: Vec<String> = match all.next {
        None => all.items.iter().map(|shown| text(&shown.body["name"])).collect(),
        Some(_) => Vec::new(),
    };
    names.sort();
    names.dedup();
    let (kept, offers) = match meant {
        Meant::One(id) => (Some(id), Vec::new()),
        Meant::Several(offers) => (None, offers),
        Meant::Nothing => (None, Vec::new()),
    };
    Ok(Chosen { typed: typed.to_owned(), names, kept, offers, problem })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What is meant by what was typed into a field; what was chosen of what was offered for just that.
///
/// # Errors
/// Those of looking it up.
pub fn meant(
    visit: &Visit,
    field: &str,
    find: impl Fn(&Visit, &str) -> Result<Meant>,
) -> Result<Meant> {
    let Some(typed) = visit.field(field) else { return Ok(Meant::Nothing) };
    let chosen = visit.field(&format!("{field}_chosen")).map(Uuid::parse_str);
    match chosen {
        Some(Ok(id)) if visit.field(&format!("{field}_offered")) == Some(typed) => {
            Ok(Meant::One(id))
        }
        _ => find(visit, typed),
    }
}

/// All things of a kind.
///
/// # Errors
/// Those of listing them.
pub fn all<T: Resource>(visit: &Visit) -> Result<Vec<Shown>> {
    let mut all: Vec<Shown> = Vec::new();
    let mut part = Part { limit: Some(NAMES_MAX), cursor: None };
    loop {
        let page = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
        all.extend(page.items);
        match page.next {
            Some(next) => part.cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// The armed actors that are called like this.
///
/// # Errors
/// Those of the search.
pub fn actors(visit: &Visit, typed: &str) -> Result<Meant> {
    let body = json!({"name": typed, "limit": OFFERED_MAX});
    let found = search::search(&visit.app, visit.person()?, visit.operation(), &body)?;
    let is_exact = |one: &&search::Suggested| one.score >= 1.0;
    if let [one] = found.iter().filter(is_exact).collect::<Vec<_>>().as_slice() {
        return Ok(Meant::One(one.actor.identity.id.0));
    }
    let offer = |one: search::Suggested| Offer {
        id: one.actor.identity.id.0,
        name: one.actor.name.as_str().to_owned(),
        above: one.parent.map(|(_, name)| name),
    };
    Ok(Meant::Several(found.into_iter().map(offer).collect()))
}

/// The places that are called so, or else those in whose names it stands.
///
/// # Errors
/// Those of the search.
pub fn places(visit: &Visit, typed: &str) -> Result<Meant> {
    let body = json!({"name": typed, "limit": OFFERED_MAX});
    let found = search_places(&visit.app, visit.person()?, visit.operation(), &body)?;
    let is_exact = |one: &&Suggested| one.is_exact;
    if let [one] = found.iter().filter(is_exact).collect::<Vec<_>>().as_slice() {
        return Ok(Meant::One(one.place.identity.id.0));
    }
    let offer = |one: Suggested| Offer {
        id: one.place.identity.id.0,
        name: one.place.name.as_str().to_owned(),
        above: one.parent.map(|parent| parent.name),
    };
    Ok(Meant::Several(found.into_iter().map(offer).collect()))
}
