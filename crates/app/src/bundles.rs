//! Bundles: an operation in and out, all or nothing.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use concord_domain::{
    bundle::{self, Bundle, Standing},
    document::{self, Document, Of, Reader},
    fault::{Fault, FaultCode, Pointer},
    guard::Noted,
    policy::{Action, Scope},
    vocabulary::{Audience, Disclosure},
};
use concord_store::{
    Area, Tx,
    operations::{self, KeptOperation},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    asking,
    audit::{self, Deeds},
    auth::Person,
    coherence,
    error::{Error, Result},
    guard::{self, Confirmation},
    operations as use_operations,
    resources::{self, Resource, Touched},
};

mod export;
mod registry;

pub use export::{export, export_as_server};
use registry::Registry;

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Things that are new.
    pub created: usize,
    /// Things that were brought to other values.
    pub changed: usize,
    /// Things that stand so already.
    pub unchanged: usize,
}

/// What an engagement that does not say so is shared as.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults {
    /// The audience; `own` unless said.
    pub audience: Option<Audience>,
    /// The disclosure; `match` unless said.
    pub disclosure: Option<Disclosure>,
    /// Whether the free texts are confirmed to hold nothing that is never stored.
    pub confirmation: Confirmation,
}

/// Takes a bundle in, or only says what that would do.
///
/// # Errors
/// All that is wrong with it, at once; [`Error::Forbidden`] if the caller may not make or change
/// some of it. Then nothing of it is done.
pub fn import(
    app: &App,
    person: Person,
    operation: &str,
    body: &Value,
    (confirmation, is_dry_run): (Confirmation, bool),
) -> Result<Imported> {
    let defaults = Defaults { confirmation, ..Defaults::default() };
    let done = access::write(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let imported = import_into(app, tx, access, body, defaults)?;
        // What was only tried is undone with the transaction.
        if is_dry_run { Err(Error::DryRun(imported)) } else { Ok(imported) }
    });
    match done {
        Err(Error::DryRun(imported)) => Ok(imported),
        done => done,
    }
}

/// Takes a bundle in on the command line, making the operation if it is not there.
///
/// # Errors
/// All that is wrong with it, at once; then nothing of it is done.
pub fn import_as_server(
    app: &App,
    body: &Value,
    defaults: Defaults,
    is_dry_run: bool,
) -> Result<Imported> {
    let key = body["operation"]["key"].as_str().unwrap_or_default();
    let found = app.store.read(|tx| Ok::<_, Error>(operations::find(tx, key)?))?;
    let work = |tx: &mut Tx, deeds: &Rc<Deeds>, id: Uuid| {
        coherence::pass_days(app, tx, id)?;
        let present = operations::load(tx, Some(&[id]))?.pop().ok_or(Error::NotFound)?;
        deeds.in_log(id);
        let access = Access { deeds: Rc::clone(deeds), ..Access::of_server(present) };
        let imported = import_into(app, tx, &access, body, defaults)?;
        if is_dry_run { Err(Error::DryRun(imported)) } else { Ok(imported) }
    };
    let done = match found {
        Some(kept) => {
            audit::write(app, Area::Operation(kept.id), |tx, deeds| work(tx, deeds, kept.id))
        }
        None => audit::write(app, Area::Installation, |tx, deeds| {
            let made = insert_operation(app, tx, body)?;
            work(tx, deeds, made.id)
        }),
    };
    match done {
        Err(Error::DryRun(imported)) => Ok(imported),
        done => done,
    }
}

/// The operation that a bundle names, which is not there.
fn insert_operation(app: &App, tx: &mut Tx, body: &Value) -> Result<KeptOperation> {
    struct Nothing<'a>(&'a App);
    impl Standing for Nothing<'_> {
        fn fresh(&mut self) -> Uuid {
            self.0.ids.id()
        }
    }
    let bundle = bundle::read(body, &mut Nothing(app), Some(app.today()));
    use_operations::insert(app, tx, bundle.map_err(Error::Invalid)?.operation)
}

fn import_into(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    body: &Value,
    defaults: Defaults,
) -> Result<Imported> {
    let today = app.today();
    let mut registry =
        Registry { app, tx, access, standing: HashSet::new(), error: None, noted: Vec::new() };
    let read = bundle::read(body, &mut registry, Some(today));
    if let Some(error) = registry.error.take() {
        return Err(error);
    }
    let standing = std::mem::take(&mut registry.standing);
    let noted = std::mem::take(&mut registry.noted);
    let bundle = read.map_err(|mut faults| {
        let is_given = defaults.confirmation == Confirmation::Given;
        let noted = noted.iter().filter(|_| !is_given);
        faults.extend(noted.map(|each| each.fault(access.language)));
        Error::Invalid(faults)
    })?;
    if bundle.operation.key != access.operation.operation.key {
        let root = Pointer::ROOT;
        let at = root.member("operation");
        let detail = format!(
            "this bundle is of the operation `{}`, and this is `{}`",
            bundle.operation.key.as_str(),
            access.operation.operation.key.as_str()
        );
        let fault = Fault::new(&at.member("key"), FaultCode::Inconsistent, detail);
        return Err(Error::Invalid(vec![fault]));
    }
    let mut import = Import {
        tx,
        access,
        standing,
        done: Imported::default(),
        touched: Touched::default(),
        faults: Vec::new(),
        noted: of_things(noted),
        confirmation: defaults.confirmation,
    };
    import.operation(app, &body["operation"])?;
    import.everything(bundle, defaults)?;
    let Import { done, touched, faults, tx, .. } = import;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    asking::settle(app, tx, access, (touched, None))?;
    Ok(done)
}

struct Import<'i> {
    tx: &'i mut Tx,
    access: &'i Access,
    standing: HashSet<Uuid>,
    done: Imported,
    touched: Touched,
    faults: Vec<Fault>,
    /// What was found in the texts of each thing, by the thing's own place.
    noted: HashMap<String, Vec<Noted>>,
    confirmation: Confirmation,
}

/// What was found in the texts of each thing of a bundle, with pointers that begin at the thing.
fn of_things(noted: Vec<Noted>) -> HashMap<String, Vec<Noted>> {
    let mut found: HashMap<String, Vec<Noted>> = HashMap::new();
    for mut each in noted {
        // `/engagements/3/summary`
        let end = each.pointer.match_indices('/').nth(2).map_or(each.pointer.len(), |(at, _)| at);
        let within = each.pointer.split_off(end);
        let thing = std::mem::replace(&mut each.pointer, within);
        found.entry(thing).or_default().push(each);
    }
    found
}

impl Import<'_> {
    /// Brings the operation to what is said of it; what is not said stays.
    fn operation(&mut self, app: &App, said: &Value) -> Result<()> {
        let before = &self.access.operation;
        let mut after = before.clone();
        let mut nothing = resources::Nothing;
        let mut reader = Reader::of_bundle(&mut nothing, Some(app.today()));
        let root = Pointer::ROOT;
        after.operation.amend(said, &root.member("operation"), &mut reader);
        if !reader.faults.is_empty() {
            return Err(Error::Invalid(reader.faults));
        }
        if after == *before {
            return Ok(());
        }
        self.access.require(Action::KeepOperation, None)?;
        use_operations::update(app, self.tx, before, &after)?;
        self.done.changed += 1;
        Ok(())
    }

    fn everything(&mut self, bundle: Bundle, defaults: Defaults) -> Result<()> {
        let places = parents_first(bundle.places, |place| place.parent.map(|to| to.0.0));
        self.list("places", places)?;
        self.list("mechanisms", in_order(bundle.mechanisms))?;
        self.list("organizations", in_order(bundle.organizations))?;
        let actors = parents_first(bundle.armed_actors, |actor| actor.parent.map(|to| to.0.0));
        self.list("armed_actors", actors)?;
        self.list("leads", in_order(bundle.leads))?;
        self.list("common_positions", in_order(bundle.common_positions))?;
        self.list("protection_risks", in_order(bundle.protection_risks))?;
        self.list("strategies", in_order(bundle.strategies))?;
        let mut engagements = bundle.engagements;
        for engagement in &mut engagements {
            let is_new = !self.standing.contains(&engagement.identity.id.0);
            if is_new {
                engagement.audience = engagement.audience.or(defaults.audience.map(Of));
                engagement.disclosure = engagement.disclosure.or(defaults.disclosure.map(Of));
            }
        }
        self.list("engagements", in_order(engagements))?;
        self.list("commitments", in_order(bundle.commitments))
    }

    /// Brings each thing to its values. Faults are gathered, so that all are told.
    fn list<T: Resource>(&mut self, list: &str, things: Vec<(usize, T)>) -> Result<()> {
        let root = Pointer::ROOT;
        let at = root.member(list);
        for (index, thing) in things {
            let place = at.item(index).to_string();
            match self.one(thing, &place) {
                Err(Error::Invalid(faults)) => {
                    self.faults.extend(faults.into_iter().map(|fault| Fault {
                        pointer: format!("{place}{}", fault.pointer),
                        ..fault
                    }));
                }
                done => done?,
            }
        }
        Ok(())
    }

    fn one<T: Resource>(&mut self, thing: T, place: &str) -> Result<()> {
        let before = if self.standing.contains(&thing.id()) {
            let server = Access { scope: Scope::server(), ..self.access.clone() };
            T::load(self.tx, &server, &[thing.id()])?.pop()
        } else {
            None
        };
        let noted = self.noted.remove(place).unwrap_or_default();
        let standing = before.as_ref().filter(|_| !noted.is_empty()).map(document::texts_of);
        let standing = standing.unwrap_or_default();
        let texts = (&*standing, self.confirmation);
        let faults = guard::judged(self.access, noted, texts);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let after = thing.completed(self.tx, self.access)?;
        if before.as_ref().is_some_and(|before| resources::is_same(before, &after)) {
            self.done.unchanged += 1;
            return Ok(());
        }
        if !self.access.scope.is_server {
            after.require_write(self.tx, self.access)?;
            if let Some(before) = &before {
                before.require_write(self.tx, self.access)?;
                let faults = not_by_bundle(&after, before);
                if !faults.is_empty() {
                    return Err(Error::Invalid(faults));
                }
            }
        }
        let is_new = before.is_none();
        resources::write_one(self.tx, self.access, before.as_ref(), after, &mut self.touched)?;
        if is_new {
            self.done.created += 1;
        } else {
            self.done.changed += 1;
        }
        Ok(())
    }
}

/// What a bundle would change that a call of its own changes, with a reason.
fn not_by_bundle<T: Resource>(after: &T, before: &T) -> Vec<Fault> {
    let root = Pointer::ROOT;
    let changed = after.changed_elsewhere(before).into_iter();
    let fault = |member: &'static str| {
        let call = T::CHANGED_ELSEWHERE.iter().find(|(members, _)| members.contains(&member));
        let detail = format!("`{member}` is changed by {}", call.map_or("", |(_, call)| call));
        Fault::new(&root.member(member), FaultCode::Inconsistent, detail)
    };
    changed.map(fault).collect()
}

/// Each thing with its place in the bundle.
fn in_order<T>(things: Vec<T>) -> Vec<(usize, T)> {
    things.into_iter().enumerate().collect()
}

/// The same, in an order in which each comes after the one that it lies in.
fn parents_first<T: Resource>(
    things: Vec<T>,
    parent: impl Fn(&T) -> Option<Uuid>,
) -> Vec<(usize, T)> {
    let mut waiting: HashMap<Uuid, Vec<(usize, T)>> = HashMap::new();
    let here: BTreeSet<Uuid> = things.iter().map(Resource::id).collect();
    let mut ready: Vec<(usize, T)> = Vec::new();
    for (index, thing) in things.into_iter().enumerate() {
        match parent(&thing).filter(|parent| here.contains(parent)) {
            Some(parent) => waiting.entry(parent).or_default().push((index, thing)),
            None => ready.push((index, thing)),
        }
    }
    let mut sorted: Vec<(usize, T)> = Vec::new();
    while let Some((index, thing)) = ready.pop() {
        ready.extend(waiting.remove(&thing.id()).into_iter().flatten());
        sorted.push((index, thing));
    }
    sorted
}
