//! Where and who: the operation, its places, mechanisms, organisations and armed actors.

use std::collections::BTreeMap;

use super::{
    Address, Checked, Count, Degrees, Identity, Key, Line, Prose, Reader, To, Words, document,
    register::check_window,
};
use crate::{
    fault::Pointer,
    id::{ArmedActorId, MechanismId, OrganizationId, PlaceId},
    vocabulary::{ArmedActorKind, MechanismKind, OrganizationKind, PositionRole},
    window::{Day, Window},
};

document! {
    /// A humanitarian operation: the people, places and dialogue of one country or crisis.
    pub struct Operation {
        /// What it is called in addresses and bundles.
        required key: Key,
        /// Its name.
        required name: Line,
        /// The country, as ISO 3166-1 alpha-3.
        optional country: Option<Line>,
        /// How many days after its end a line still counts as meeting another; 14 unless said.
        optional slack_days: SlackDays,
        /// How many checks and changes of entries are answered for a person in a UTC day; 20
        /// unless said.
        optional questions_per_person: Option<Quota>,
        /// How many for all people of an organisation together; 60 unless said.
        optional questions_per_organization: Option<Quota>,
        /// How often a person is told something of restricted lines within 31 days; 10 unless
        /// said.
        optional matches_per_person: Option<Quota>,
        /// How often all people of an organisation together; 30 unless said.
        optional matches_per_organization: Option<Quota>,
    }
}

/// How much is answered or told in a while: 1 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota(pub u32);

impl Quota {
    /// The most.
    pub const MAX: u32 = 10_000;
}

impl super::Member for Quota {
    fn read(
        value: &serde_json::Value,
        at: &crate::fault::Pointer<'_>,
        reader: &mut super::Reader<'_>,
    ) -> Option<Self> {
        let count = Count::<{ Self::MAX }>::read(value, at, reader)?;
        if count.0 == 0 {
            let detail = format!("a whole number from 1 to {}", Self::MAX);
            reader.fault(at, crate::fault::FaultCode::OutOfRange, detail);
            return None;
        }
        Some(Self(count.0))
    }

    fn write(&self, _: &super::Writer<'_>) -> serde_json::Value {
        self.0.into()
    }

    fn schema(_: &mut super::Schemas) -> serde_json::Value {
        serde_json::json!({"type": "integer", "minimum": 1, "maximum": Self::MAX})
    }
}

/// Days of slack, 0 to 3,650, and 14 unless said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlackDays(pub u32);

impl SlackDays {
    /// The most days: ten years.
    pub const MAX: u32 = 3_650;
}

impl Default for SlackDays {
    fn default() -> Self {
        Self(14)
    }
}

impl super::Member for SlackDays {
    fn read(
        value: &serde_json::Value,
        at: &crate::fault::Pointer<'_>,
        reader: &mut super::Reader<'_>,
    ) -> Option<Self> {
        Count::<{ Self::MAX }>::read(value, at, reader).map(|count| Self(count.0))
    }

    fn write(&self, _: &super::Writer<'_>) -> serde_json::Value {
        self.0.into()
    }

    fn schema(schemas: &mut super::Schemas) -> serde_json::Value {
        Count::<{ Self::MAX }>::schema(schemas)
    }
}

document! {
    /// An administrative area.
    pub struct Place {
        /// Its P-code, or another key.
        key identity: Identity<PlaceId>,
        /// Its name.
        required name: Line,
        /// Its administrative level: 0 is the country.
        optional level: Option<Count<10>>,
        /// The place that it lies in.
        optional parent: Option<To<PlaceId>>,
        /// Its names in other languages.
        optional names: Words<Line>,
        /// The latitude of a point inside it, in degrees.
        optional lat: Option<Degrees<90>>,
        /// The longitude of a point inside it, in degrees.
        optional lon: Option<Degrees<180>>,
    }
}

document! {
    /// A cluster, group or forum in which organisations coordinate.
    pub struct Mechanism {
        /// What it is called by its senders.
        key identity: Identity<MechanismId>,
        /// Its name.
        required name: Line,
        /// What kind of mechanism it is.
        required kind: MechanismKind,
    }
}

document! {
    /// An organisation that engages armed actors, or coordinates those that do.
    pub struct Organization {
        /// What it is called by its senders.
        key identity: Identity<OrganizationId>,
        /// Its name.
        required name: Line,
        /// Its short name.
        optional acronym: Option<Line>,
        /// What kind of organisation it is.
        required kind: OrganizationKind,
        /// The mechanisms that it is a member of.
        optional mechanisms: Vec<To<MechanismId>>,
        /// Its names in other languages.
        optional names: Words<Line>,
    }
}

document! {
    /// An armed actor: a force, a group, or a unit of one. Units and positions, never persons.
    pub struct ArmedActor {
        /// What it is called by its senders.
        key identity: Identity<ArmedActorId>,
        /// Its name.
        required name: Line,
        /// What kind of armed actor it is.
        required kind: ArmedActorKind,
        /// The armed actor that it is a unit of.
        optional parent: Option<To<ArmedActorId>>,
        /// What it was a unit of before, the first first. The registry adds a line by itself when
        /// its parent changes.
        optional former_parents: Vec<FormerParent>,
        /// The positions in it that matter to a dialogue.
        optional positions: Vec<Position>,
        /// Other names that it goes by, in any script.
        optional aliases: Vec<Line>,
        /// Its names in other languages.
        optional names: Words<Line>,
        /// Where it is present.
        optional places: Vec<To<PlaceId>>,
        /// What other registers call it: `ucdp`, `acled`, `wikidata` …
        optional external_ids: Words<Line>,
        /// What influences it, and what restrains it.
        optional influences: Option<Prose>,
        /// Where its decisions are made, by position.
        optional decisions: Option<Prose>,
    }
}

/// What an armed actor is called, read from its stored document without the rest of it, which
/// makes it quick to go through all of them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Called {
    /// Its name.
    pub name: String,
    /// Other names that it goes by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its names in other languages.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// What other registers call it.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
}

impl Called {
    /// What the armed actor is called that was stored so.
    ///
    /// # Errors
    /// What is wrong with it, if it was not stored by [`store`](super::store).
    pub fn of_stored(document: &str) -> Result<Self, String> {
        serde_json::from_str(document).map_err(|error| error.to_string())
    }
}

document! {
    /// What an armed actor was a unit of, and when.
    pub struct FormerParent {
        /// The armed actor; none if it stood by itself.
        optional parent: Option<To<ArmedActorId>>,
        /// The first day, if it is known.
        optional from: Option<Day>,
        /// The last day.
        required until: Day,
    }
}

document! {
    /// A position within an armed actor: an office, never a person.
    pub struct Position {
        /// What it does for a dialogue.
        required role: PositionRole,
        /// What the office is called.
        required title: Line,
    }
}

document! {
    /// A public source.
    pub struct Source {
        /// Its title.
        required title: Line,
        /// Where it can be read.
        optional url: Option<Address>,
    }
}

impl Checked for Operation {}
impl Checked for Place {}
impl Checked for Mechanism {}
impl Checked for Organization {}
impl Checked for ArmedActor {}
impl Checked for Source {}
impl Checked for Position {}

impl Checked for FormerParent {
    fn check(&self, at: &Pointer<'_>, reader: &mut Reader<'_>) {
        let window = Window { from: self.from, until: Some(self.until) };
        check_window(window, "it", at, reader);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Keys, Member, Null, Reader, store};

    #[test]
    fn what_an_armed_actor_is_called_is_read_from_what_is_stored() {
        let mut ids = super::super::Ids;
        let mut reader = Reader::new(&mut ids, Keys::Stored, Null::Keeps, None);
        let id = uuid::Uuid::from_u128(7);
        let full = json!({"id": id, "key": "front", "name": "The Front", "kind": "militia",
            "parent": id, "aliases": ["Frente"], "names": {"ar": "الجبهة"}, "places": [id],
            "external_ids": {"ucdp": "7"}});
        let bare = json!({"id": id, "key": "front", "name": "The Front", "kind": "militia"});
        for (document, aliases) in [(full, 1), (bare, 0)] {
            let read = ArmedActor::read(&document, &crate::fault::Pointer::ROOT, &mut reader);
            let actor = read.expect("an armed actor");
            let called = Called::of_stored(&store(&actor).document).expect("it is read");
            assert_eq!(called.name, actor.name.as_str());
            assert_eq!(called.aliases.len(), aliases);
            assert_eq!(called.names.len(), aliases);
            assert_eq!(called.external_ids.len(), aliases);
        }
        assert!(Called::of_stored("{}").is_err());
    }
}
