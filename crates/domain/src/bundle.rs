//! A bundle: one operation in one JSON document. Reading one names every fault in it at once.

use std::{
    any::Any,
    collections::{HashMap, HashSet},
};

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    document::{
        ArmedActor, Called, Commitment, CommonPosition, Document, Engagement, Key, Lead, Mechanism,
        Operation, Organization, Place, ProtectionRisk, Reader, References, Strategy,
    },
    fault::{Fault, FaultCode, Pointer, nearest, quoted},
    id::Kind,
    names::Keyed,
    window::Day,
};

mod publish;
mod standing;

pub use publish::schema;
pub use standing::Standing;

/// The format that this module reads and writes.
pub const FORMAT: &str = "concord.bundle/1";
/// The most things of one kind in a bundle.
pub const THINGS_MAX: usize = 50_000;

/// The lists of a bundle, in the order in which one can be built upon another.
const LISTS: [(&str, Kind); 10] = [
    ("places", Kind::Place),
    ("mechanisms", Kind::Mechanism),
    ("organizations", Kind::Organization),
    ("armed_actors", Kind::ArmedActor),
    ("leads", Kind::Lead),
    ("common_positions", Kind::CommonPosition),
    ("protection_risks", Kind::ProtectionRisk),
    ("strategies", Kind::Strategy),
    ("engagements", Kind::Engagement),
    ("commitments", Kind::Commitment),
];

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The day as of which a replay evaluates.
    pub as_of: Option<Day>,
    /// The operation itself.
    pub operation: Operation,
    /// Its places.
    pub places: Vec<Place>,
    /// Its mechanisms.
    pub mechanisms: Vec<Mechanism>,
    /// Its organisations.
    pub organizations: Vec<Organization>,
    /// Its armed actors.
    pub armed_actors: Vec<ArmedActor>,
    /// Its leads.
    pub leads: Vec<Lead>,
    /// Its common positions.
    pub common_positions: Vec<CommonPosition>,
    /// Its protection risks.
    pub protection_risks: Vec<ProtectionRisk>,
    /// Its strategies.
    pub strategies: Vec<Strategy>,
    /// Its commitments.
    pub commitments: Vec<Commitment>,
    /// Its engagements.
    pub engagements: Vec<Engagement>,
}

/// A key as asks and demands share one set of them.
const fn key_space(kind: Kind) -> Kind {
    match kind {
        Kind::Demand => Kind::Ask,
        other => other,
    }
}

/// The keys that a bundle defines, and beyond them what stands already.
struct Defined<'s, S> {
    object: Option<&'s Map<String, Value>>,
    standing: &'s mut S,
    /// Its armed actors by name, once one of them was looked for.
    actors: Option<Keyed>,
    ids: HashMap<(Kind, String), Uuid>,
    documents: Documents,
}

/// The documents that stand already under keys that a bundle defines.
type Documents = HashMap<(Kind, String), Box<dyn Any>>;

impl<S: Standing> References for Defined<'_, S> {
    fn resolve(&mut self, kind: Kind, written: &str) -> Option<Uuid> {
        let defined = self.ids.get(&(key_space(kind), written.to_owned())).copied();
        defined.or_else(|| self.standing.resolve(kind, written))
    }

    fn identify(&mut self, kind: Kind, key: Option<&Key>) -> Result<Uuid, (FaultCode, String)> {
        let known = key.and_then(|k| self.ids.get(&(key_space(kind), k.as_str().to_owned())));
        known.copied().map_or_else(|| Ok(self.standing.fresh()), Ok)
    }

    fn nearest(&mut self, kind: Kind, written: &str) -> Vec<String> {
        if kind == Kind::ArmedActor {
            let actors = self.actors.get_or_insert_with(|| named(self.object, self.standing));
            return actors.nearest(written);
        }
        let of_kind = self.ids.keys().filter(|(space, _)| *space == kind);
        let near = nearest(written, of_kind.map(|(_, key)| key.as_str()));
        near.into_iter().map(str::to_owned).collect()
    }
}

/// The armed actors of a bundle and those that stand already, by name.
fn named<S: Standing>(object: Option<&Map<String, Value>>, standing: &mut S) -> Keyed {
    let mut named = Keyed::default();
    let mut seen = HashSet::new();
    for (_, item, key) in object.into_iter().flat_map(|object| keyed(object, "armed_actors")) {
        let called = Called::deserialize(item).ok();
        named.add(key, called.as_ref());
        seen.insert(key);
    }
    for (key, called) in standing.called() {
        if !seen.contains(key.as_str()) {
            named.add(&key, Some(&called));
        }
    }
    named
}

/// Reads a bundle into what stands already, or names every fault in it.
///
/// # Errors
/// All faults, in the order of their place in the bundle.
pub fn read<'s, S: Standing>(
    value: &'s Value,
    standing: &'s mut S,
    today: Option<Day>,
) -> Result<Bundle, Vec<Fault>> {
    let root = Pointer::ROOT;
    let mut faults = Vec::new();
    let object = value.as_object();
    let (ids, documents) = (HashMap::new(), HashMap::new());
    let mut defined = Defined { object, standing, actors: None, ids, documents };
    if let Some(object) = object {
        define_keys(object, &mut defined, &mut faults);
    }
    let documents = std::mem::take(&mut defined.documents);
    let noted = defined.standing.noted().map(std::mem::take);
    let mut reader = Reader { noted, ..Reader::of_bundle(&mut defined, today) };
    let read = read_members(value, &root, &mut reader, &documents);
    faults.append(&mut reader.faults);
    let found = reader.noted;
    if let (Some(noted), Some(found)) = (defined.standing.noted(), found) {
        *noted = found;
    }
    let Some((head, lists)) = read else {
        return Err(sorted(faults));
    };
    let places = lists.places.iter().map(|p| (p.identity.id.0, p.parent.map(|to| to.0.0)));
    let actors = lists.armed_actors.iter().map(|a| (a.identity.id.0, a.parent.map(|to| to.0.0)));
    let (places, actors) = (places.collect(), actors.collect());
    faults.extend(find_cycles(("places", Kind::Place), places, value, &mut defined));
    faults.extend(find_cycles(("armed_actors", Kind::ArmedActor), actors, value, &mut defined));
    match head {
        Some((as_of, operation)) if faults.is_empty() => Ok(lists.into_bundle(as_of, operation)),
        _ => Err(sorted(faults)),
    }
}

/// In the order of their place, each once.
fn sorted(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort();
    faults.dedup();
    faults
}

fn keyed<'v>(
    object: &'v Map<String, Value>,
    list: &str,
) -> impl Iterator<Item = (usize, &'v Value, &'v str)> {
    let items = object.get(list).and_then(Value::as_array).into_iter().flatten().enumerate();
    items.filter_map(|(index, item)| Some((index, item, item.get("key")?.as_str()?)))
}

/// First all keys, since any thing can refer to any other.
fn define_keys<S: Standing>(
    object: &Map<String, Value>,
    defined: &mut Defined<'_, S>,
    faults: &mut Vec<Fault>,
) {
    let root = Pointer::ROOT;
    let mut owners: HashMap<&str, Uuid> = HashMap::new();
    for (list, kind) in LISTS {
        let at_list = root.member(list);
        for (index, item, key) in keyed(object, list) {
            let owner = owner(item, kind, &owners, defined);
            if let (Kind::Engagement, Some(owner)) = (kind, owner) {
                owners.insert(key, owner);
            }
            let at = at_list.item(index);
            define(kind, key, owner, (&at, defined, faults));
            if let (Kind::Engagement, Some(parts)) = (kind, item.as_object()) {
                for (list, kind) in [("asks", Kind::Ask), ("demands", Kind::Demand)] {
                    let at_list = at.member(list);
                    for (index, _, key) in keyed(parts, list) {
                        define(kind, key, owner, (&at_list.item(index), defined, faults));
                    }
                }
            }
        }
    }
}

/// The organisation in whose keys a key is looked up: a commitment's is that of the engagement
/// that it came from, if it came from one. `owners` are those of the bundle's engagements.
fn owner<S: Standing>(
    item: &Value,
    kind: Kind,
    owners: &HashMap<&str, Uuid>,
    defined: &mut Defined<'_, S>,
) -> Option<Uuid> {
    let written = |member: &str| item.get(member).and_then(Value::as_str);
    match (kind, written("organization"), written("engagement")) {
        (Kind::Engagement | Kind::Commitment | Kind::Strategy, Some(organization), _) => {
            defined.resolve(Kind::Organization, organization)
        }
        (Kind::Commitment, None, Some(origin)) => owners.get(origin).copied().or_else(|| {
            let id = defined.resolve(Kind::Engagement, origin)?;
            let origin = defined.standing.document(Kind::Engagement, id)?;
            origin.downcast_ref::<Engagement>().map(|origin| origin.organization.0.0)
        }),
        _ => None,
    }
}

fn define<S: Standing>(
    kind: Kind,
    key: &str,
    owner: Option<Uuid>,
    (at, defined, faults): (&Pointer<'_>, &mut Defined<'_, S>, &mut Vec<Fault>),
) {
    let space = (key_space(kind), key.to_owned());
    if defined.ids.contains_key(&space) {
        let detail = format!("the key {} stands twice among the {}s", quoted(key), kind.word());
        faults.push(Fault::new(&at.member("key"), FaultCode::DuplicateKey, detail));
        return;
    }
    let is_key = Key::parse(key).is_some();
    let standing = is_key.then(|| defined.standing.defined(kind, key, owner)).flatten();
    if let Some(document) = standing.and_then(|id| defined.standing.document(kind, id)) {
        defined.documents.insert(space.clone(), document);
    }
    let id = standing.unwrap_or_else(|| defined.standing.fresh());
    defined.ids.insert(space, id);
}

/// What a bundle is as of, and of which operation.
type Head = (Option<Day>, Operation);

/// What of its lists could be read.
#[derive(Default)]
struct Lists {
    places: Vec<Place>,
    mechanisms: Vec<Mechanism>,
    organizations: Vec<Organization>,
    armed_actors: Vec<ArmedActor>,
    leads: Vec<Lead>,
    common_positions: Vec<CommonPosition>,
    protection_risks: Vec<ProtectionRisk>,
    strategies: Vec<Strategy>,
    commitments: Vec<Commitment>,
    engagements: Vec<Engagement>,
}

fn read_members(
    value: &Value,
    at: &Pointer<'_>,
    reader: &mut Reader<'_>,
    documents: &Documents,
) -> Option<(Option<Head>, Lists)> {
    let mut known = vec!["format", "as_of", "operation", "title", "expect"];
    known.extend(LISTS.map(|(list, _)| list));
    let object = reader.object(value, at, &known)?;
    match object.get("format") {
        Some(Value::String(format)) if format == FORMAT => {}
        None | Some(Value::Null) => {
            let detail = format!("`format` is needed, and is `{FORMAT}`");
            reader.fault(&at.member("format"), FaultCode::Missing, detail);
        }
        Some(_) => {
            let detail = format!("only the format `{FORMAT}` can be read");
            reader.fault(&at.member("format"), FaultCode::Malformed, detail);
        }
    }
    let as_of = reader.optional(object, at, "as_of");
    let operation = reader.required(object, at, "operation");
    let lists = Lists {
        places: read_list((object, at, "places"), reader, documents, Kind::Place),
        mechanisms: read_list((object, at, "mechanisms"), reader, documents, Kind::Mechanism),
        organizations: read_list(
            (object, at, "organizations"),
            reader,
            documents,
            Kind::Organization,
        ),
        armed_actors: read_list((object, at, "armed_actors"), reader, documents, Kind::ArmedActor),
        leads: read_list((object, at, "leads"), reader, documents, Kind::Lead),
        common_positions: read_list(
            (object, at, "common_positions"),
            reader,
            documents,
            Kind::CommonPosition,
        ),
        protection_risks: read_list(
            (object, at, "protection_risks"),
            reader,
            documents,
            Kind::ProtectionRisk,
        ),
        strategies: read_list((object, at, "strategies"), reader, documents, Kind::Strategy),
        commitments: read_list((object, at, "commitments"), reader, documents, Kind::Commitment),
        engagements: read_list((object, at, "engagements"), reader, documents, Kind::Engagement),
    };
    Some((as_of.zip(operation), lists))
}

fn read_list<T: Document + Clone + 'static>(
    (object, at, list): (&Map<String, Value>, &Pointer<'_>, &str),
    reader: &mut Reader<'_>,
    documents: &Documents,
    kind: Kind,
) -> Vec<T> {
    let at = at.member(list);
    match object.get(list) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) if items.len() > THINGS_MAX => {
            reader.fault(&at, FaultCode::TooLong, format!("at most {THINGS_MAX} in one bundle"));
            Vec::new()
        }
        Some(Value::Array(items)) => {
            let read = |(index, item): (usize, &Value)| {
                let key = item.get("key").and_then(Value::as_str).unwrap_or_default();
                let standing = documents.get(&(kind, key.to_owned()));
                match standing.and_then(|document| document.downcast_ref::<T>()) {
                    Some(document) => {
                        let mut document = document.clone();
                        document.amend(item, &at.item(index), reader);
                        Some(document)
                    }
                    None => T::read(item, &at.item(index), reader),
                }
            };
            items.iter().enumerate().filter_map(read).collect()
        }
        Some(_) => {
            reader.fault(&at, FaultCode::WrongType, "a list is expected here");
            Vec::new()
        }
    }
}

impl Lists {
    fn into_bundle(self, as_of: Option<Day>, operation: Operation) -> Bundle {
        Bundle {
            as_of,
            operation,
            places: self.places,
            mechanisms: self.mechanisms,
            organizations: self.organizations,
            armed_actors: self.armed_actors,
            leads: self.leads,
            common_positions: self.common_positions,
            protection_risks: self.protection_risks,
            strategies: self.strategies,
            commitments: self.commitments,
            engagements: self.engagements,
        }
    }
}

/// Notes every thing that is its own ancestor. Each is walked over once, however deep the tree.
fn find_cycles<S: Standing>(
    (list, kind): (&str, Kind),
    parents: HashMap<Uuid, Option<Uuid>>,
    value: &Value,
    defined: &mut Defined<'_, S>,
) -> Vec<Fault> {
    let mut parent_of = parents;
    let mut walked: HashSet<Uuid> = HashSet::new();
    let mut circling: HashSet<Uuid> = HashSet::new();
    let mut starts: Vec<Uuid> = parent_of.keys().copied().collect();
    while let Some(start) = starts.pop() {
        let mut path: Vec<Uuid> = Vec::new();
        let mut next = Some(start);
        while let Some(id) = next.filter(|id| walked.insert(*id)) {
            path.push(id);
            next = *parent_of.entry(id).or_insert_with(|| defined.standing.parent(kind, id));
        }
        // A walk that ends on its own path went round from there on.
        let round = path.iter().position(|id| Some(*id) == next);
        circling.extend(round.into_iter().flat_map(|first| &path[first..]));
    }
    let (root, object) = (Pointer::ROOT, value.as_object());
    let at = root.member(list);
    let fault = |(index, _, key): (usize, _, &str)| {
        let id = defined.ids.get(&(kind, key.to_owned()))?;
        let detail = format!("this {} would lie below itself", kind.word());
        let fault = Fault::new(&at.item(index).member("parent"), FaultCode::Cycle, detail);
        circling.contains(id).then_some(fault)
    };
    object.into_iter().flat_map(|object| keyed(object, list)).filter_map(fault).collect()
}
