//! Where an armed actor is, and where what is agreed and talked about with it applies, as far as
//! the reader may know it: places, each with a point inside it if one is known.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::{Commitment, Engagement, Place, To, ids},
    id::{ArmedActorId, PlaceId},
    policy::Action,
    vocabulary::CommitmentStatus,
    window::{Day, Window},
};
use concord_store::{
    Tx,
    documents::{armed_actors, places},
    engagements, trees,
};
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::{Error, Result},
};

/// Of places that lie around, how many are above them in the tree.
const AROUND_ABOVE_MAX: i32 = 1;
/// The level of the places that lie around.
const AROUND_LEVEL: u32 = 1;

/// A point inside a place: its latitude and its longitude.
pub type Point = (f64, f64);

/// A place, and what is there.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// What it is called.
    pub name: String,
    /// What it lies in.
    pub within: Option<String>,
    /// A point inside it.
    pub point: Option<Point>,
    /// Which of the armed actor and its units are said to be there.
    pub present: Vec<String>,
    /// How many lines that go on today name it.
    pub lines: usize,
    /// How many commitments that stand today name it.
    pub commitments: usize,
}

/// Places, by how much is there.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    /// The places; those with the most lines first.
    pub areas: Vec<Area>,
    /// The areas of the first level whose point is known, for those who look for the others.
    pub around: Vec<(String, Point)>,
}

/// Where an armed actor and its units are today, and what is there. Who reads no entries sees where
/// they are said to be.
///
/// # Errors
/// [`Error::NotFound`].
pub fn areas(app: &App, person: Person, operation: &str, id: Uuid) -> Result<Areas> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let own = ArmedActorId(id);
        let found = trees::armed_actors::lineages(tx, access.id(), &[own])?.remove(&own);
        let lineage = found.ok_or(Error::NotFound)?;
        let under = trees::armed_actors::under(tx, access.id(), &lineage)?;
        let under: Vec<Uuid> = under.into_iter().map(Uuid::from).collect();
        let mut there: BTreeMap<PlaceId, Area> = BTreeMap::new();
        for actor in armed_actors::load(tx, access.id(), &under)? {
            for To(place) in &actor.places {
                let name = actor.name.as_str().to_owned();
                there.entry(*place).or_default().present.push(name);
            }
        }
        if access.require(Action::ReadEntries, None).is_ok() {
            add_entries(tx, access, &under, app.today(), &mut there)?;
        }
        Ok(Areas { around: around(tx, access)?, areas: named(tx, access, there)? })
    })
}

fn add_entries(
    tx: &mut Tx,
    access: &Access,
    actors: &[Uuid],
    today: Day,
    there: &mut BTreeMap<PlaceId, Area>,
) -> Result<()> {
    let (operation, scope) = (access.id(), &access.scope);
    let found = engagements::with_actors(tx, operation, scope, Some(actors), (today, today))?;
    let mut lines: Vec<Engagement> = engagements::load(tx, operation, scope, &found)?;
    let day = Window { from: Some(today), until: Some(today) };
    lines.retain(|line| line.status.0.is_live() && line.window().meets(&day, 0));
    let found =
        engagements::commitments_with_actors(tx, operation, scope, Some(actors), Some(today))?;
    let mut commitments: Vec<Commitment> =
        engagements::load_commitments(tx, operation, scope, &found)?;
    commitments
        .retain(|each| each.window().meets(&day, 0) && each.status.0 != CommitmentStatus::Ended);
    access.deeds.shows(&lines);
    access.deeds.shows(&commitments);
    for place in lines.iter().flat_map(|line| once_each(&line.places)) {
        there.entry(place).or_default().lines += 1;
    }
    for place in commitments.iter().flat_map(|each| once_each(&each.places)) {
        there.entry(place).or_default().commitments += 1;
    }
    Ok(())
}

fn once_each(places: &[To<PlaceId>]) -> BTreeSet<PlaceId> {
    ids(places).into_iter().collect()
}

/// The places by what they are called, with what they lie in.
fn named(tx: &mut Tx, access: &Access, there: BTreeMap<PlaceId, Area>) -> Result<Vec<Area>> {
    let wanted: Vec<Uuid> = there.keys().map(|id| id.0).collect();
    let mut known: BTreeMap<PlaceId, Place> = loaded(tx, access, &wanted)?;
    let parents = known.values().filter_map(|place| place.parent).map(|To(id)| id.0);
    let parents: BTreeSet<Uuid> = parents.collect();
    let parents: Vec<Uuid> = parents.into_iter().filter(|id| !wanted.contains(id)).collect();
    known.extend(loaded(tx, access, &parents)?);
    let name = |place: &Place| place.name.as_str().to_owned();
    let mut areas: Vec<Area> = Vec::new();
    for (id, area) in there {
        let Some(place) = known.get(&id) else { continue };
        let parent = place.parent.and_then(|To(id)| known.get(&id));
        let mut present = area.present.clone();
        present.sort();
        present.dedup();
        areas.push(Area {
            name: name(place),
            within: parent.map(name),
            point: point(place),
            present,
            ..area
        });
    }
    areas.sort_by(|a, b| {
        let weight = |area: &Area| (area.lines, area.commitments, area.present.len());
        weight(b).cmp(&weight(a)).then_with(|| (&a.name, &a.within).cmp(&(&b.name, &b.within)))
    });
    Ok(areas)
}

fn loaded(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<BTreeMap<PlaceId, Place>> {
    let all = places::load(tx, access.id(), ids)?.into_iter();
    Ok(all.map(|place| (place.identity.id, place)).collect())
}

fn point(place: &Place) -> Option<Point> {
    Some((place.lat?.0, place.lon?.0))
}

/// The areas of the first level whose point is known.
fn around(tx: &mut Tx, access: &Access) -> Result<Vec<(String, Point)>> {
    let high = trees::high_places(tx, access.id(), AROUND_ABOVE_MAX)?;
    let high: Vec<Uuid> = high.into_iter().map(Uuid::from).collect();
    let found = places::load(tx, access.id(), &high)?.into_iter();
    let found = found.filter(|place| place.level.is_some_and(|level| level.0 == AROUND_LEVEL));
    let mut around: Vec<(String, Point)> =
        found.filter_map(|place| Some((place.name.as_str().to_owned(), point(&place)?))).collect();
    around.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(around)
}
