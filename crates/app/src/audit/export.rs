//! A log in a file, line by line, to be verified elsewhere without secrets.
//!
//! The first line says what it is. Each other line is a record: its place, the hash that chains it,
//! and the record, with tabs between. Every byte of a record is hashed.

use std::io::Write;

use chrono::SecondsFormat;
use concord_store::audit as kept;
use serde_json::json;
use uuid::Uuid;

use super::{checkpoint::origin, sequence::sequence};
use crate::{
    App,
    auth::hex,
    error::{Error, Result},
};

/// The format, as the first line names it.
pub const FORMAT: &str = "concord-audit/1";
/// How many records are read at a time.
const AT_ONCE: i64 = 500;

/// Writes a whole log.
///
/// # Errors
/// The store's own, and those of writing.
pub fn export(app: &App, log: Uuid, out: &mut impl Write) -> Result<()> {
    let told = |error: std::io::Error| Error::Internal(error.to_string());
    sequence(app)?;
    app.store.read(|tx| {
        let size = kept::head(tx, log)?.map_or(0, |(last, _)| last + 1);
        let at = |time: chrono::NaiveDateTime| {
            time.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
        };
        let first = json!({
            "format": FORMAT,
            "origin": origin(log),
            "size": size,
            "exported_at": at(app.now()),
            "waiting_since": kept::oldest_unplaced(tx, log)?.map(at),
        });
        writeln!(out, "{first}").map_err(told)?;
        let mut number = 0;
        while number < size {
            for (placed, text) in kept::records(tx, log, (number, AT_ONCE))? {
                let chain = hex(&placed.chain_hash);
                writeln!(out, "{}\t{chain}\t{text}", placed.number).map_err(told)?;
                number = placed.number + 1;
            }
        }
        out.flush().map_err(told)
    })
}
