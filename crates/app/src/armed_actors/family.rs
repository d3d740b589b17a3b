//! Where an armed actor stands in its tree: what it is and was part of, and what is part of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use concord_domain::{
    document::{ArmedActor, To},
    id::ArmedActorId,
    lineage::Lineage,
    policy::Action,
    vocabulary::ArmedActorKind,
    window::Day,
};
use concord_store::{
    Tx,
    documents::{self, armed_actors},
    trees,
};
use uuid::Uuid;

use super::search::MERGES_MAX;
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
    resources,
};

/// An armed actor in a line.
#[derive(Clone, Debug)]
pub struct Kin {
    /// Its id.
    pub id: ArmedActorId,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: ArmedActorKind,
}

/// An armed actor in a line, and how many units are known below it.
pub type WithUnits = (Kin, usize);

/// What an armed actor was part of before.
#[derive(Clone, Debug)]
pub struct Former {
    /// What; none if it stood by itself.
    pub parent: Option<Kin>,
    /// From which day on, if it is known.
    pub from: Option<Day>,
    /// Until which day.
    pub until: Day,
}

/// An armed actor in its tree.
#[derive(Clone, Debug)]
pub struct Family {
    /// The armed actor.
    pub actor: ArmedActor,
    /// What it is part of, the topmost first.
    pub above: Vec<Kin>,
    /// Since which day it has been part of that, if it was part of something else before.
    pub since: Option<Day>,
    /// What it was part of before, the last first.
    pub former: Vec<Former>,
    /// Its units, by name; without theirs.
    pub units: Vec<WithUnits>,
}

/// The tree around an armed actor.
///
/// # Errors
/// [`Error::NotFound`].
pub fn family(app: &App, person: Person, operation: &str, id: Uuid) -> Result<Family> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let actor: ArmedActor = resources::load_one(tx, access, id)?;
        let own = ArmedActorId(id);
        let found = trees::armed_actors::lineages(tx, access.id(), &[own])?.remove(&own);
        let lineage = found.ok_or(Error::NotFound)?;
        let mut ids = trees::armed_actors::under(tx, access.id(), &lineage)?;
        let above = trees::armed_actors::up(tx, access.id(), &lineage)?;
        let former = former_parents(tx, access, &actor)?;
        ids.extend(above.iter().chain(former.iter().flatten()));
        let tree = Tree::load(tx, access, &ids, |id, place| {
            let is_around = place.depth() <= lineage.depth() + 1 || !lineage.contains(place);
            is_around || former.contains(&Some(id))
        })?;
        let told = actor.former_parents.iter().zip(former).rev();
        Ok(Family {
            above: above
                .into_iter()
                .filter(|up| *up != own)
                .filter_map(|up| tree.kin(up))
                .collect(),
            since: actor.former_parents.iter().map(|former| former.until).max(),
            former: told
                .map(|(each, parent)| Former {
                    parent: parent.and_then(|parent| tree.kin(parent)),
                    from: each.from,
                    until: each.until,
                })
                .collect(),
            units: tree
                .by_name(|place| lineage.contains(place) && place.depth() == lineage.depth() + 1),
            actor,
        })
    })
}

/// What an armed actor was part of, the first first; what was found to be another is that one.
fn former_parents(
    tx: &mut Tx,
    access: &Access,
    actor: &ArmedActor,
) -> Result<Vec<Option<ArmedActorId>>> {
    if actor.former_parents.is_empty() {
        return Ok(Vec::new());
    }
    let all = documents::all_called(tx, access.id())?.into_iter();
    let into: HashMap<Uuid, Uuid> =
        all.filter_map(|each| Some((each.id, each.merged_into?))).collect();
    let survivor = |To(parent): To<ArmedActorId>| {
        let chain = std::iter::successors(Some(parent.0), |id| into.get(id).copied());
        chain.take(MERGES_MAX).last().map(ArmedActorId)
    };
    let former = actor.former_parents.iter();
    Ok(former.map(|each| each.parent.and_then(survivor)).collect())
}

/// The armed actors that are part of no other, by name.
///
/// # Errors
/// The store's own.
pub fn topmost(app: &App, person: Person, operation: &str) -> Result<Vec<WithUnits>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let all = armed_actors::ids(tx, access.id())?;
        let all: Vec<ArmedActorId> = all.into_iter().map(ArmedActorId).collect();
        let tree = Tree::load(tx, access, &all, |_, place| place.depth() == 1)?;
        Ok(tree.by_name(|place| place.depth() == 1))
    })
}

/// Some armed actors, each with where it stands.
struct Tree {
    actors: HashMap<ArmedActorId, ArmedActor>,
    lineages: HashMap<ArmedActorId, Lineage>,
    /// How many of them are below each path.
    below: BTreeMap<String, usize>,
}

impl Tree {
    /// Counts all of these, and names some.
    fn load(
        tx: &mut Tx,
        access: &Access,
        ids: &[ArmedActorId],
        is_named: impl Fn(ArmedActorId, &Lineage) -> bool,
    ) -> Result<Self> {
        let mut lineages = trees::armed_actors::lineages(tx, access.id(), ids)?;
        // What was found to be another stands in the tree no more.
        let kept: HashSet<Uuid> = armed_actors::ids(tx, access.id())?.into_iter().collect();
        lineages.retain(|id, _| kept.contains(&id.0));
        let mut below = BTreeMap::new();
        for lineage in lineages.values() {
            for up in lineage.up().filter(|up| *up != lineage.as_str()) {
                *below.entry(up.to_owned()).or_default() += 1;
            }
        }
        let named = lineages.iter().filter(|(id, lineage)| is_named(**id, lineage));
        let named: Vec<Uuid> = named.map(|(id, _)| id.0).collect();
        let actors = armed_actors::load(tx, access.id(), &named)?.into_iter();
        let actors = actors.map(|actor| (actor.identity.id, actor)).collect();
        Ok(Self { actors, lineages, below })
    }

    fn kin(&self, id: ArmedActorId) -> Option<Kin> {
        let actor = self.actors.get(&id)?;
        Some(Kin { id, name: actor.name.as_str().to_owned(), kind: actor.kind })
    }

    /// Some of those that are named, of all of whose units it has the lineages.
    fn by_name(&self, is_wanted: impl Fn(&Lineage) -> bool) -> Vec<WithUnits> {
        let wanted = self.lineages.iter().filter(|(_, place)| is_wanted(place));
        let below = |place: &Lineage| self.below.get(place.as_str()).copied().unwrap_or_default();
        let counted = |(id, place): (&ArmedActorId, _)| Some((self.kin(*id)?, below(place)));
        let mut found: Vec<WithUnits> = wanted.filter_map(counted).collect();
        found.sort_by(|(a, _), (b, _)| (&a.name, a.id).cmp(&(&b.name, b.id)));
        found
    }
}
