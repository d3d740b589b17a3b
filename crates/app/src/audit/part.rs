//! What of the log of an operation somebody may read: a focal point what is the own organisation's,
//! an auditor everything. Nothing of it is content.
//!
//! What an organisation reads says whose people were shown its entries. Who checked, or logged
//! something, that met its entries is counted by the week, once the week has ended, and told in no
//! other way, whether they may read those or not: who meets them has a line there, and may hide it.
//! For the same reason nobody is told who read a flag that rests on their entries and on others', or
//! an entry that names theirs.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDateTime, NaiveTime, SecondsFormat};
use concord_domain::{
    policy::{Action, Decision, decide},
    vocabulary::Role,
    window::Day,
};
use concord_store::{
    Tx,
    audit::{self as kept, Part},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Deed, checkpoint::origin, tree::Tree};
use crate::{
    App,
    access::{self, Access},
    auth::{Person, hex},
    cursor::{self, Items, ListOf, Page},
    error::{Error, Result},
};

/// How many weeks are counted back.
const WEEKS: u64 = 52;
/// What is asked for in a check, by the id of its operation.
const CHECK: &str = "check";

/// Whether proofs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proofs {
    /// With each record that the last checkpoint covers.
    With,
    /// Not at all.
    Without,
}

/// The organisations of whose part of the log the caller answers for; none is all.
fn part(access: &Access) -> Result<Option<Vec<Uuid>>> {
    if decide(&access.caller, Action::ReadAudit, None) == Decision::Allow {
        access.assure(Action::ReadAudit)?;
        return Ok(None);
    }
    let leads = |(role, organization): &(Role, _)| match role {
        Role::FocalPoint => *organization,
        Role::Member | Role::Desk | Role::Auditor | Role::Administrator => None,
    };
    let own: Vec<_> = access.caller.roles.iter().filter_map(leads).collect();
    access.require(Action::ReadAudit, own.first().copied())?;
    Ok(Some(own.into_iter().map(Uuid::from).collect()))
}

/// A page of what the caller may read of the log, the latest first.
///
/// # Errors
/// [`Error::Forbidden`] for all but focal points and auditors; when the cursor or the limit is
/// wrong.
pub fn list(
    app: &App,
    person: Person,
    operation: &str,
    (page, proofs): (&Page, Proofs),
) -> Result<Items<Value>> {
    access::read(app, person, operation, |tx, access| {
        let part = match part(access)? {
            None => Part::Whole,
            Some(organizations) => Part::Of { organizations, without: Deed::Matched.code() },
        };
        access.tell();
        let of = ListOf { account: access.account, list: format!("{} audit", access.id()) };
        let limit = page.size()?;
        let before = page.position(app, &of)?.as_deref().and_then(position_of);
        let found = kept::page(tx, access.id(), &part, (before, limit + 1))?;
        let Items { items, next } = cursor::page(app, &of, found, limit, |(_, id, at, _)| {
            format!("{} {id}", at.and_utc().timestamp_micros())
        });
        let proofs = match proofs {
            Proofs::With => all_proofs(tx, access, &items)?,
            Proofs::Without => HashMap::new(),
        };
        let shown = |(_, id, _, text): &kept::Listed| {
            let mut record: Value = serde_json::from_str(text)
                .map_err(|_| Error::Internal("a record of the audit log is none".to_owned()))?;
            record["proof"] = proofs.get(id).cloned().unwrap_or_default();
            Ok(record)
        };
        Ok(Items { items: items.iter().map(shown).collect::<Result<_>>()?, next })
    })
}

fn position_of(text: &str) -> Option<(NaiveDateTime, Uuid)> {
    let (at, id) = text.split_once(' ')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some((at.naive_utc(), Uuid::parse_str(id).ok()?))
}

/// The proofs that these records stand in the last checkpoint, of those that do.
fn all_proofs(
    tx: &mut Tx,
    access: &Access,
    items: &[kept::Listed],
) -> Result<HashMap<Uuid, Value>> {
    let Some((size, _, checkpoint)) = kept::last_checkpoint(tx, access.id())? else {
        return Ok(HashMap::new());
    };
    let tree = Tree::of(kept::hashes(tx, access.id(), size)?);
    let proof = |(number, id, _, text): &kept::Listed| {
        let number = number.filter(|number| *number < size)?;
        let hashes = tree.proof(usize::try_from(number).ok()?)?;
        let hashes: Vec<String> = hashes.chunks(32).map(hex).collect();
        let proof = json!({
            "record": text,
            "number": number,
            "hashes": hashes,
            "checkpoint": checkpoint,
        });
        Some((*id, proof))
    };
    Ok(items.iter().filter_map(proof).collect())
}

/// The last checkpoint of the log of an operation, and the key that verifies it. Everybody in the
/// operation is given it: the more have it, the less can be rewritten.
///
/// # Errors
/// [`Error::NotFound`] for strangers.
pub fn checkpoint(app: &App, person: Person, operation: &str) -> Result<Value> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadReference, None)?;
        let last = kept::last_checkpoint(tx, access.id())?;
        let at = |at: NaiveDateTime| at.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
        Ok(json!({
            "origin": origin(access.id()),
            "checkpoint": last.as_ref().map(|(.., note)| note),
            "made_at": last.as_ref().map(|(_, made_at, _)| at(*made_at)),
            "verifier_key": app.keys.checkpoints().verifier(),
        }))
    })
}

/// How many checks, and how many changes of entries, met entries of the caller's organisations, in
/// each week that has ended and in which there was one.
///
/// # Errors
/// [`Error::Forbidden`] for all but focal points.
pub fn weeks(app: &App, person: Person, operation: &str) -> Result<Vec<Value>> {
    access::read(app, person, operation, |tx, access| {
        let Some(own) = part(access)? else {
            return Err(Error::Forbidden("a focal point reads the weeks of the organisation"));
        };
        let monday = monday_of(app.today());
        let first = monday.checked_sub_days(Days::new(7 * WEEKS)).unwrap_or(monday);
        let period = (first.and_time(NaiveTime::MIN), monday.and_time(NaiveTime::MIN));
        let found = kept::times(tx, access.id(), (&own, Deed::Matched.code()), period)?;
        let mut weeks: BTreeMap<Day, (usize, usize)> = BTreeMap::new();
        for (at, action) in found {
            let (checks, entries) = weeks.entry(monday_of(at.date())).or_default();
            *if action == CHECK { checks } else { entries } += 1;
        }
        let week = |(monday, (checks, entries)): (Day, (usize, usize))| json!({"from": monday.to_string(), "checks": checks, "entries": entries});
        Ok(weeks.into_iter().rev().map(week).collect())
    })
}

fn monday_of(day: Day) -> Day {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}
