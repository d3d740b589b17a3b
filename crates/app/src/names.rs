//! What things are called, for those sentences and documents that name them.

use std::collections::{BTreeSet, HashMap};

use concord_domain::{
    flag::Flag,
    id::{ArmedActorId, EngagementId, MechanismId, OrganizationId, PlaceId},
    reason::{Detail, Names as Called, Reason},
};
use concord_store::{
    Tx,
    documents::{armed_actors, mechanisms, organizations, places},
};
use uuid::Uuid;

use crate::error::Result;

/// The names of some things.
#[derive(Clone, Debug, Default)]
pub struct Names(pub HashMap<Uuid, String>);

/// Which things are to be named.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Armed actors.
    pub actors: BTreeSet<Uuid>,
    /// Places.
    pub places: BTreeSet<Uuid>,
    /// Organisations.
    pub organizations: BTreeSet<Uuid>,
    /// Mechanisms.
    pub mechanisms: BTreeSet<Uuid>,
}

impl Wanted {
    /// Adds what some reasons speak of.
    pub fn add_reasons<'r>(&mut self, reasons: impl IntoIterator<Item = &'r Reason>) {
        for (_, detail) in reasons.into_iter().flat_map(|reason| &reason.details) {
            match detail {
                Detail::Actor(id) => drop(self.actors.insert(id.0)),
                Detail::Places(ids) => self.places.extend(ids.iter().map(|id| id.0)),
                Detail::Organization(id) => drop(self.organizations.insert(id.0)),
                Detail::Mechanism(id) => drop(self.mechanisms.insert(id.0)),
                _ => {}
            }
        }
    }

    /// Adds what some flags speak of.
    pub fn add_flags<'f>(&mut self, flags: impl IntoIterator<Item = &'f Flag>) {
        self.add_reasons(flags.into_iter().flat_map(|flag| &flag.because));
    }

    /// What they are called.
    ///
    /// # Errors
    /// The store's own.
    pub fn load(&self, tx: &mut Tx, operation: Uuid) -> Result<Names> {
        let list = |ids: &BTreeSet<Uuid>| ids.iter().copied().collect::<Vec<Uuid>>();
        let mut names = HashMap::new();
        for actor in armed_actors::load(tx, operation, &list(&self.actors))? {
            names.insert(actor.identity.id.0, actor.name.as_str().to_owned());
        }
        for place in places::load(tx, operation, &list(&self.places))? {
            names.insert(place.identity.id.0, place.name.as_str().to_owned());
        }
        for organization in organizations::load(tx, operation, &list(&self.organizations))? {
            let short = organization.acronym.as_ref().unwrap_or(&organization.name);
            names.insert(organization.identity.id.0, short.as_str().to_owned());
        }
        for mechanism in mechanisms::load(tx, operation, &list(&self.mechanisms))? {
            names.insert(mechanism.identity.id.0, mechanism.name.as_str().to_owned());
        }
        Ok(Names(names))
    }
}

impl Names {
    /// What a thing is called; nothing if it is not known.
    #[must_use]
    pub fn of(&self, id: impl Into<Uuid>) -> String {
        self.0.get(&id.into()).cloned().unwrap_or_default()
    }
}

impl Called for Names {
    fn actor(&self, id: ArmedActorId) -> String {
        self.of(id)
    }
    fn place(&self, id: PlaceId) -> String {
        self.of(id)
    }
    fn organization(&self, id: OrganizationId) -> String {
        self.of(id)
    }
    fn mechanism(&self, id: MechanismId) -> String {
        self.of(id)
    }
    fn engagement(&self, id: EngagementId) -> String {
        self.of(id)
    }
}
