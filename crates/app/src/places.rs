//! Finding places by what they are called.

use std::collections::BTreeSet;

use concord_domain::{document::Place, policy::Action};
use concord_reports::Named;
use concord_store::{documents, documents::places};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App, access, armed_actors::search::read, auth::Person, error::Result, names::Wanted, resources,
};

/// A place that may be meant.
#[derive(Clone, Debug)]
pub struct Suggested {
    /// The place.
    pub place: Place,
    /// What it lies in.
    pub parent: Option<Named>,
    /// Whether it has this very code or name, and not only one in which it stands.
    pub is_exact: bool,
}

/// The places that have this code or name, in any language, or one in which it stands: first those
/// that have it, then the shortest names.
///
/// # Errors
/// All that is wrong with the question.
pub fn search(app: &App, person: Person, operation: &str, body: &Value) -> Result<Vec<Suggested>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let (written, limit) = resources::read_body(app, tx, access, body, read)?;
        let wanted = written.trim().to_lowercase();
        let ids = documents::places_called(tx, access.id(), written.trim())?;
        let mut found: Vec<(bool, Place)> = places::load(tx, access.id(), &ids)?
            .into_iter()
            .filter_map(|place| Some((fit(&place, &wanted)?, place)))
            .collect();
        let length = |place: &Place| place.name.as_str().chars().count();
        found.sort_by_key(|(is_exact, place)| (!is_exact, length(place)));
        found.truncate(limit);
        let mut names = Wanted::default();
        let parents = found.iter().filter_map(|(_, place)| place.parent.map(|parent| parent.0.0));
        names.places = parents.collect::<BTreeSet<Uuid>>();
        let names = names.load(tx, access.id())?;
        let suggested = found.into_iter().map(|(is_exact, place)| {
            let parent = place.parent.map(|to| Named { id: to.0.0, name: names.of(to.0) });
            Suggested { place, parent, is_exact }
        });
        Ok(suggested.collect())
    })
}

/// Whether a place is called so, or only has it in what it is called; none if it has not.
fn fit(place: &Place, wanted: &str) -> Option<bool> {
    let names = place.names.iter().map(|(_, name)| name.as_str());
    let called = names.chain([place.name.as_str(), place.identity.key.as_str()]);
    let called: Vec<String> = called.map(str::to_lowercase).collect();
    let is_exact = called.iter().any(|name| name == wanted);
    (is_exact || called.iter().any(|name| name.contains(wanted))).then_some(is_exact)
}
