//! Finding armed actors by any of their names. It suggests, and merges nothing.

use std::collections::HashMap;

use concord_domain::{
    document::{ArmedActor, Count, Line, Reader},
    fault::{FaultCode, Pointer},
    id::{ArmedActorId, PlaceId},
    language::Language,
    names::{Field, Keyed, Names, Reason},
    policy::Action,
};
use concord_store::{
    Tx,
    documents::{self, NamedActor, armed_actors},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::Result,
    names::Wanted,
    resources,
};

/// The most suggestions.
const SUGGESTIONS_MAX: u32 = 50;
/// How many there are unless it is said.
const SUGGESTIONS: usize = 10;
/// One that was merged into one that was merged is followed so far.
pub(super) const MERGES_MAX: usize = 16;

/// An armed actor that may be meant, with what tells it from others of its name.
#[derive(Clone, Debug)]
pub struct Suggested {
    /// The armed actor.
    pub actor: ArmedActor,
    /// What it is a unit of, and what that is called.
    pub parent: Option<(ArmedActorId, String)>,
    /// Where it is present, and what these places are called.
    pub places: Vec<(PlaceId, String)>,
    /// How alike the texts are, from 0 to 1.
    pub score: f64,
    /// The name that is like what was written.
    pub name: String,
    /// What kind of name it is.
    pub field: Field,
    /// Why.
    pub because: Vec<Reason>,
    /// What its reader reads.
    pub language: Language,
}

/// The armed actors of an operation by name. What was found to be another is known as that one.
pub(crate) struct Named {
    actors: Vec<NamedActor>,
    names: Names<usize>,
}

impl Named {
    /// Those of an operation.
    pub(crate) fn load(tx: &mut Tx, operation: Uuid) -> Result<Self> {
        let all = documents::all_called(tx, operation)?;
        let (actors, gone): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|actor| actor.merged_into.is_none());
        let places: HashMap<Uuid, usize> =
            actors.iter().enumerate().map(|(place, actor)| (actor.id, place)).collect();
        let into: HashMap<Uuid, Option<Uuid>> =
            gone.iter().map(|actor| (actor.id, actor.merged_into)).collect();
        let survivor = |actor: &NamedActor| {
            let next = |id: &Uuid| into.get(id).copied().flatten();
            let chain = std::iter::successors(actor.merged_into, next).take(MERGES_MAX);
            chain.filter_map(|id| places.get(&id).copied()).next()
        };
        let mut names = Names::default();
        for (place, actor) in actors.iter().enumerate() {
            names.add(place, Field::Id, actor.id.to_string());
            names.add(place, Field::Key, actor.key.as_str());
            names.add_called(place, &actor.called, false);
        }
        for actor in &gone {
            if let Some(place) = survivor(actor) {
                names.add(place, Field::Former(Box::new(Field::Id)), actor.id.to_string());
                names.add(place, Field::Former(Box::new(Field::Key)), actor.key.as_str());
                names.add_called(place, &actor.called, true);
            }
        }
        Ok(Self { actors, names })
    }

    /// Their keys, to be offered.
    pub(crate) fn keyed(self) -> Keyed {
        Keyed::new(self.actors.into_iter().map(|actor| actor.key).collect(), self.names)
    }
}

/// What is looked for, and how many suggestions are wanted.
pub(crate) fn read(body: &Value, reader: &mut Reader<'_>) -> Option<(String, usize)> {
    let at = Pointer::ROOT;
    let object = reader.object(body, &at, &["name", "limit"])?;
    let name: Option<Line> = reader.required(object, &at, "name");
    let limit: Option<Option<Count<SUGGESTIONS_MAX>>> = reader.optional(object, &at, "limit");
    if limit == Some(Some(Count(0))) {
        let detail = format!("a whole number from 1 to {SUGGESTIONS_MAX}");
        reader.fault(&at.member("limit"), FaultCode::OutOfRange, detail);
    }
    let limit = limit?.map_or(SUGGESTIONS, |limit| limit.0 as usize);
    Some((name?.as_str().to_owned(), limit))
}

/// The armed actors that have a name like the one that is written, the likest first.
///
/// # Errors
/// All that is wrong with the question.
pub fn search(app: &App, person: Person, operation: &str, body: &Value) -> Result<Vec<Suggested>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let (written, limit) = resources::read_body(app, tx, access, body, read)?;
        let named = Named::load(tx, access.id())?;
        let found = named.names.search(&written, limit);
        let ids: Vec<Uuid> = found.iter().map(|one| named.actors[one.of].id).collect();
        let mut actors = by_id(tx, access, &ids)?;
        let mut wanted = Wanted::default();
        for actor in actors.values() {
            wanted.actors.extend(actor.parent.map(|parent| parent.0.0));
            wanted.places.extend(actor.places.iter().map(|place| place.0.0));
        }
        let names = wanted.load(tx, access.id())?;
        let suggested = found.into_iter().filter_map(|one| {
            let actor = actors.remove(&named.actors[one.of].id)?;
            let parent = actor.parent.map(|to| (to.0, names.of(to.0)));
            let places = actor.places.iter().map(|to| (to.0, names.of(to.0))).collect();
            let (score, name, field, because) = (one.score, one.name, one.field, one.because);
            let language = access.language;
            Some(Suggested { actor, parent, places, score, name, field, because, language })
        });
        Ok(suggested.collect())
    })
}

fn by_id(tx: &mut Tx, access: &Access, ids: &[Uuid]) -> Result<HashMap<Uuid, ArmedActor>> {
    let actors = armed_actors::load(tx, access.id(), ids)?;
    Ok(actors.into_iter().map(|actor| (actor.identity.id.0, actor)).collect())
}
