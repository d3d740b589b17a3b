//! The order of the records: each log one chain, in which every record binds all before it.
//!
//! Records are put in order after they were written, so that no writer waits to count. Whoever does
//! it holds a row that nobody else needs.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use concord_store::{
    Area, Tx,
    audit::{self as kept, Hash, Placed},
};
use uuid::Uuid;

use super::{checkpoint::origin, sha256};
use crate::{
    App,
    error::{Error, Result},
};

/// How many records are put in order at a time: others write in between. On SQLite they wait meanwhile,
/// so it is as many as are written in a second: one of them waits for some milliseconds, and not several.
const PLACED_AT_ONCE: i64 = 512;
/// How many are read at a time to be examined.
const READ_AT_ONCE: i64 = 500;
/// How old a record may be that has no place yet, in seconds. The server needs one.
pub const WAITING_SECONDS_MAX: i64 = 10;

/// Puts the records in order that have no place yet; answers how many.
///
/// # Errors
/// The store's own.
#[expect(clippy::disallowed_methods, reason = "the order of the log is none of its records")]
pub fn sequence(app: &App) -> Result<usize> {
    let mut all = 0;
    loop {
        // Where nothing waits no writer is kept from its work.
        if app.store.read(|tx| Ok::<_, Error>(kept::waiting(tx, 1)?.is_empty()))? {
            return Ok(all);
        }
        all += app.store.write(Area::Sequence, place_some)?;
    }
}

fn place_some(tx: &mut Tx) -> Result<usize> {
    let waiting = kept::waiting(tx, PLACED_AT_ONCE)?;
    let count = waiting.len();
    let mut logs: BTreeMap<Uuid, Vec<(Uuid, Hash)>> = BTreeMap::new();
    for (id, log, text) in waiting {
        logs.entry(log).or_default().push((id, sha256(&[text.as_bytes()])));
    }
    for (log, records) in logs {
        let (mut number, mut chain) = match kept::head(tx, log)? {
            Some((last, chain)) => (last + 1, chain),
            None => (0, beginning(&origin(log))),
        };
        let mut placed = Vec::new();
        for (id, record_hash) in records {
            chain = chained(&chain, &record_hash);
            placed.push(Placed { number, id, record_hash, chain_hash: chain });
            number += 1;
        }
        kept::place(tx, log, &placed)?;
    }
    Ok(count)
}

/// What the chain of a log begins with.
#[must_use]
pub fn beginning(origin: &str) -> Hash {
    sha256(&[origin.as_bytes()])
}

/// What binds a record and all before it.
#[must_use]
pub fn chained(before: &Hash, record: &Hash) -> Hash {
    sha256(&[before, record])
}

/// Whether a record that was written then has waited too long for its place.
#[must_use]
pub fn is_late(written: NaiveDateTime, now: NaiveDateTime) -> bool {
    written + TimeDelta::seconds(WAITING_SECONDS_MAX) < now
}

/// What is wrong with the logs as they stand in the database, in words; nothing if all is well.
///
/// # Errors
/// The store's own.
pub fn examine(app: &App) -> Result<Vec<String>> {
    app.store.read(|tx| {
        let mut wrong = Vec::new();
        for log in kept::all_logs(tx)? {
            wrong.extend(examine_one(app, tx, log)?.map(|what| format!("{}: {what}", origin(log))));
        }
        Ok(wrong)
    })
}

fn examine_one(app: &App, tx: &mut Tx, log: Uuid) -> Result<Option<String>> {
    let mut chain = beginning(&origin(log));
    let mut number = 0;
    loop {
        let some = kept::records(tx, log, (number, READ_AT_ONCE))?;
        let is_last = some.len() < usize::try_from(READ_AT_ONCE).unwrap_or_default();
        for (placed, text) in some {
            let record = sha256(&[text.as_bytes()]);
            chain = chained(&chain, &record);
            if placed.number != number || placed.record_hash != record || placed.chain_hash != chain
            {
                return Ok(Some(format!("record {number} is not what was chained")));
            }
            number += 1;
        }
        if is_last {
            break;
        }
    }
    if let Some((size, ..)) = kept::last_checkpoint(tx, log)?.filter(|(size, ..)| *size > number) {
        return Ok(Some(format!("{number} records are there, and {size} were signed")));
    }
    let late = kept::oldest_unplaced(tx, log)?.filter(|at| is_late(*at, app.now()));
    Ok(late.map(|at| format!("a record of {at} UTC has no place")))
}
