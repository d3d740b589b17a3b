//! What a bundle is read into: the registry, as far as the caller may know of it.

use std::{any::Any, collections::HashSet};

use concord_domain::{
    bundle::Standing,
    document::{
        ArmedActor, Called, Commitment, CommonPosition, Engagement, Key, Lead, Mechanism,
        Organization, Place, ProtectionRisk, Strategy,
    },
    guard::Noted,
    id::{Kind, OrganizationId, StrategyId},
    policy::Scope,
};
use concord_store::{Tx, documents, engagements, entries, parts, references, strategies};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    error::{Error, Result},
    resources::Resource,
};

/// What stands already in the registry and what the caller may refer to, as far as the caller
/// may know of it.
pub struct Registry<'r> {
    /// The application.
    pub app: &'r App,
    /// The transaction.
    pub tx: &'r mut Tx,
    /// The caller.
    pub access: &'r Access,
    /// Existing things under keys that the bundle defines.
    pub standing: HashSet<Uuid>,
    /// What went wrong while it was asked.
    pub error: Option<Error>,
    /// What was found in free texts that is never stored.
    pub noted: Vec<Noted>,
}

impl Registry<'_> {
    fn kept<T: Default>(&mut self, answer: Result<T>) -> T {
        answer.unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            T::default()
        })
    }

    /// What stands under a key, and the entry whose audience it has.
    fn standing_under(
        &mut self,
        kind: Kind,
        key: &str,
        owner: Option<OrganizationId>,
    ) -> Result<Option<(Uuid, Option<Uuid>)>> {
        let (tx, operation) = (&mut *self.tx, self.access.id());
        Ok(match (kind, owner) {
            (Kind::Engagement, Some(owner)) => {
                engagements::with_key(tx, operation, owner, key)?.map(|id| (id.0, Some(id.0)))
            }
            (Kind::Ask | Kind::Demand, Some(owner)) => {
                let found = parts::with_key(tx, operation, owner, key)?;
                found.map(|(id, engagement)| (id, Some(engagement.0)))
            }
            (Kind::Commitment, owner) => {
                let found = engagements::commitment_with_key(tx, operation, owner, key)?;
                found.map(|(id, entry)| (id.0, Some(entry)))
            }
            (Kind::Strategy, Some(owner)) => {
                let found = strategies::with_key(tx, operation, owner, key)?;
                let readable = |id: &StrategyId| {
                    strategies::load(tx, operation, &self.access.scope, &[id.0])
                        .is_ok_and(|found| !found.is_empty())
                };
                found.filter(readable).map(|id| (id.0, None))
            }
            (Kind::Engagement | Kind::Strategy | Kind::Ask | Kind::Demand, None) => None,
            // One that was found to be another stands here no more under its old key.
            (Kind::ArmedActor, _) => {
                documents::armed_actors::find(tx, operation, key)?.map(|id| (id, None))
            }
            _ => references::find(tx, operation, &self.access.scope, (kind, key), None)?
                .map(|id| (id, None)),
        })
    }
}

impl Standing for Registry<'_> {
    fn fresh(&mut self) -> Uuid {
        self.app.ids.id()
    }

    fn noted(&mut self) -> Option<&mut Vec<Noted>> {
        Some(&mut self.noted)
    }

    /// Of what stands under the keys of others only what may be read is there.
    fn defined(&mut self, kind: Kind, key: &str, owner: Option<Uuid>) -> Option<Uuid> {
        Key::parse(key)?;
        let found = self.standing_under(kind, key, owner.map(OrganizationId));
        let (id, entry) = self.kept(found)?;
        if let Some(entry) = entry {
            let (operation, scope) = (self.access.id(), &self.access.scope);
            let readable = entries::readable(self.tx, operation, scope, &[entry]);
            if !self.kept(readable.map_err(Error::from)).contains(&entry) {
                return None;
            }
        }
        self.standing.insert(id);
        Some(id)
    }

    fn resolve(&mut self, kind: Kind, written: &str) -> Option<Uuid> {
        let own = self.access.own_organization();
        let (operation, scope) = (self.access.id(), &self.access.scope);
        let found = references::find(self.tx, operation, scope, (kind, written), own);
        self.kept(found.map_err(Error::from))
    }

    fn called(&mut self) -> Vec<(String, Called)> {
        let called = documents::all_called(self.tx, self.access.id());
        let standing = self.kept(called.map_err(Error::from)).into_iter();
        let kept = standing.filter(|actor| actor.merged_into.is_none());
        kept.map(|actor| (actor.key, actor.called)).collect()
    }

    fn parent(&mut self, kind: Kind, id: Uuid) -> Option<Uuid> {
        let found = match kind {
            Kind::Place => documents::places::load(self.tx, self.access.id(), &[id])
                .map(|found| found.first().and_then(|place| place.parent.map(|to| to.0.0))),
            _ => documents::armed_actors::load(self.tx, self.access.id(), &[id])
                .map(|found| found.first().and_then(|actor| actor.parent.map(|to| to.0.0))),
        };
        self.kept(found.map_err(Error::from))
    }

    fn document(&mut self, kind: Kind, id: Uuid) -> Option<Box<dyn Any>> {
        let server = Access { scope: Scope::server(), ..self.access.clone() };
        let found = match kind {
            Kind::Place => one::<Place>(self.tx, &server, id),
            Kind::Mechanism => one::<Mechanism>(self.tx, &server, id),
            Kind::Organization => one::<Organization>(self.tx, &server, id),
            Kind::ArmedActor => one::<ArmedActor>(self.tx, &server, id),
            Kind::Lead => one::<Lead>(self.tx, &server, id),
            Kind::CommonPosition => one::<CommonPosition>(self.tx, &server, id),
            Kind::Engagement => one::<Engagement>(self.tx, &server, id),
            Kind::Commitment => one::<Commitment>(self.tx, &server, id),
            Kind::Strategy => one::<Strategy>(self.tx, &server, id),
            Kind::ProtectionRisk => one::<ProtectionRisk>(self.tx, &server, id),
            Kind::Ask | Kind::Demand => Ok(None),
        };
        self.kept(found)
    }
}

fn one<T: Resource + 'static>(
    tx: &mut Tx,
    access: &Access,
    id: Uuid,
) -> Result<Option<Box<dyn Any>>> {
    let found = T::load(tx, access, &[id])?.pop();
    Ok(found.map(|document| Box::new(document) as Box<dyn Any>))
}
