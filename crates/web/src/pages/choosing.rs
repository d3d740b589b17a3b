//! Choosing something by what it is called: what was typed, what may be meant by it, and what is
//! asked back.

use concord_app::{armed_actors::search, places::search as search_places, resources::Resource};
use serde_json::json;
use uuid::Uuid;

use super::kept::few_names;
use crate::{
    form::Problem,
    visit::{Result, Visit},
};

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

impl Meant {
    /// The one that is meant, if it is clear.
    pub const fn one(&self) -> Option<Uuid> {
        match self {
            Self::One(id) => Some(*id),
            Self::Nothing | Self::Several(_) => None,
        }
    }

    /// To what a question is limited: one thing, or nothing; none if that is not clear.
    pub const fn limit(&self) -> Option<Option<Uuid>> {
        match self {
            Self::One(id) => Some(Some(*id)),
            Self::Nothing => Some(None),
            Self::Several(_) => None,
        }
    }

    /// Whether something was typed that nothing is called like.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Several(offers) if offers.is_empty())
    }
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
    pub problem: Option<Problem>,
}

/// A field as it stands in the form.
///
/// # Errors
/// Those of listing what can be chosen.
pub fn chosen<T: Resource>(
    visit: &Visit,
    typed: &str,
    meant: Meant,
    problem: Option<Problem>,
) -> Result<Chosen> {
    let names = few_names::<T>(visit)?;
    let kept = meant.one();
    let offers = if let Meant::Several(offers) = meant { offers } else { Vec::new() };
    Ok(Chosen { typed: typed.to_owned(), names, kept, offers, problem })
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

/// The armed actors that are called like this.
///
/// # Errors
/// Those of the search.
pub fn actors(visit: &Visit, typed: &str) -> Result<Meant> {
    let body = json!({"name": typed, "limit": OFFERED_MAX});
    let found = search::search(&visit.app, visit.person()?, visit.operation(), &body)?;
    Ok(of_found(found.into_iter().map(|one| {
        let (id, name) = (one.actor.identity.id.0, one.actor.name.as_str().to_owned());
        (one.score >= 1.0, Offer { id, name, above: one.parent.map(|(_, name)| name) })
    })))
}

/// The places that are called so, or else those in whose names it stands.
///
/// # Errors
/// Those of the search.
pub fn places(visit: &Visit, typed: &str) -> Result<Meant> {
    let body = json!({"name": typed, "limit": OFFERED_MAX});
    let found = search_places(&visit.app, visit.person()?, visit.operation(), &body)?;
    Ok(of_found(found.into_iter().map(|one| {
        let (id, name) = (one.place.identity.id.0, one.place.name.as_str().to_owned());
        (one.is_exact, Offer { id, name, above: one.parent.map(|parent| parent.name) })
    })))
}

/// The one that is called just so, if there is just one; else all that were found, to choose from.
fn of_found(found: impl Iterator<Item = (bool, Offer)>) -> Meant {
    let found: Vec<(bool, Offer)> = found.collect();
    let mut exact = found.iter().filter(|(is_exact, _)| *is_exact);
    match (exact.next(), exact.next()) {
        (Some((_, one)), None) => Meant::One(one.id),
        _ => Meant::Several(found.into_iter().map(|(_, offer)| offer).collect()),
    }
}
