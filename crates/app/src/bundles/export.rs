//! Taking an operation out, as far as somebody may read it.

use std::collections::HashSet;

use concord_domain::{bundle::Bundle, id::Kind, policy::Action};
use concord_store::{Tx, operations};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App,
    access::{self, Access},
    audit,
    auth::Person,
    error::{Error, Result},
    resources::Resource,
};

/// The operation as far as the caller may read it.
///
/// # Errors
/// [`Error::Forbidden`] for whom who reads no entries.
pub fn export(app: &App, person: Person, operation: &str) -> Result<Value> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::Export, None)?;
        access.tell();
        exported(tx, access)
    })
}

/// The whole operation, on the command line.
///
/// # Errors
/// [`Error::NotFound`].
pub fn export_as_server(app: &App, operation: &str) -> Result<Value> {
    let read = |tx: &mut Tx| {
        let kept = operations::find(tx, operation)?.ok_or(Error::NotFound)?;
        let access = Access::of_server(kept);
        access.tell();
        let bundle = exported(tx, &access)?;
        Ok((bundle, audit::records(app, tx, &access.deeds)?))
    };
    app.store.witness(read, |tx, records| audit::add(tx, records))
}

/// How many things are read at a time.
const READ_AT_ONCE: i64 = 500;

fn all<T: Resource>(tx: &mut Tx, access: &Access) -> Result<Vec<T>> {
    let mut things: Vec<T> = Vec::new();
    loop {
        let after = things.last().map(Resource::position);
        let page = T::page(tx, access, after.as_deref(), READ_AT_ONCE)?;
        access.deeds.shows(&page);
        let is_last = page.len() < usize::try_from(READ_AT_ONCE).unwrap_or_default();
        things.extend(page);
        if is_last {
            return Ok(things);
        }
    }
}

fn exported(tx: &mut Tx, access: &Access) -> Result<Value> {
    let bundle = Bundle {
        as_of: None,
        operation: access.operation.operation.clone(),
        places: all(tx, access)?,
        mechanisms: all(tx, access)?,
        organizations: all(tx, access)?,
        armed_actors: all(tx, access)?,
        leads: all(tx, access)?,
        common_positions: all(tx, access)?,
        protection_risks: all(tx, access)?,
        strategies: all(tx, access)?,
        commitments: all(tx, access)?,
        engagements: all(tx, access)?,
    };
    // Keys of entries are their owners' own, so two of them may be the same here.
    let mut keys = bundle.keys();
    let mut taken: HashSet<(Kind, String)> = HashSet::new();
    let mut ids: Vec<(Kind, Uuid)> = keys.keys().copied().collect();
    ids.sort_unstable();
    for (kind, id) in ids {
        let space = if kind == Kind::Demand { Kind::Ask } else { kind };
        if let Some(key) = keys.get_mut(&(kind, id))
            && !taken.insert((space, key.clone()))
        {
            *key = id.to_string();
        }
    }
    Ok(bundle.write(&|kind, id| keys.get(&(kind, id)).cloned()))
}
