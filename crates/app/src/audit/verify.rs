//! Whether a log in a file is the one that was signed. It needs no database and no secret.

use std::io::BufRead;

use chrono::DateTime;
use concord_store::audit::Hash;
use serde_json::Value;

use super::{
    checkpoint::Checkpoint,
    export::FORMAT,
    sequence::{beginning, chained, is_late},
    sha256,
    tree::Tree,
};
use crate::auth::hex;

/// A log that is the one that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many records were signed, and are there as they were.
    pub signed: u64,
    /// How many are newer than the checkpoint, which says nothing of them.
    pub newer: u64,
}

/// Compares a log that was exported with a checkpoint.
///
/// # Errors
/// What is altered, removed, moved or missing, in words.
pub fn verify(
    mut file: impl BufRead,
    checkpoint: &str,
    verifier: &str,
) -> Result<Verified, String> {
    let checkpoint = Checkpoint::open(checkpoint, verifier)?;
    let mut first = String::new();
    file.read_line(&mut first).map_err(|error| format!("the file cannot be read: {error}"))?;
    let size = read_first(&first, &checkpoint)?;
    let mut chain = beginning(&checkpoint.origin);
    let mut signed_chain = chain;
    let mut hashes: Vec<Hash> = Vec::new();
    let mut count = 0;
    for line in file.lines() {
        let line = line.map_err(|error| format!("the file cannot be read: {error}"))?;
        let told = || {
            format!(
                "the record at {count} is not what was chained: it or one before it was altered, \
                 removed or moved"
            )
        };
        let (number, rest) = line.split_once('\t').ok_or_else(told)?;
        let (stated, record) = rest.split_once('\t').ok_or_else(told)?;
        let hash = sha256(&[record.as_bytes()]);
        chain = chained(&chain, &hash);
        if number != count.to_string() || stated != hex(&chain) {
            return Err(told());
        }
        count += 1;
        if count <= checkpoint.size {
            hashes.push(hash);
            signed_chain = chain;
        }
    }
    if count < checkpoint.size || count < size {
        let size = size.max(checkpoint.size);
        return Err(format!("the log is cut off: {count} of {size} records are there"));
    }
    if count > size {
        return Err(format!("{count} records are there, and the file says {size}"));
    }
    if Tree::of(hashes).root() != checkpoint.root || signed_chain != checkpoint.chain {
        return Err("the log is another one than was signed: it was rewritten".to_owned());
    }
    Ok(Verified { signed: checkpoint.size, newer: count - checkpoint.size })
}

/// How many records the file says that there are.
fn read_first(line: &str, checkpoint: &Checkpoint) -> Result<u64, String> {
    let first: Value = serde_json::from_str(line).unwrap_or_default();
    if first["format"] != FORMAT {
        return Err(format!("the file does not begin as one of `{FORMAT}`"));
    }
    if first["origin"] != checkpoint.origin.as_str() {
        let (of, is) = (&checkpoint.origin, &first["origin"]);
        return Err(format!("the checkpoint is of the log `{of}`, and the file of {is}"));
    }
    let time = |member: &str| {
        let text = first[member].as_str()?;
        DateTime::parse_from_rfc3339(text).ok().map(|time| time.naive_utc())
    };
    let exported = time("exported_at").ok_or("the file does not say when it was made")?;
    if !first["waiting_since"].is_null() {
        let since = time("waiting_since").ok_or("the file does not say since when records wait")?;
        if is_late(since, exported) {
            return Err(format!("a record of {since} UTC was given no place: it is left out here"));
        }
    }
    first["size"].as_u64().ok_or_else(|| "the file does not say how long it is".to_owned())
}
