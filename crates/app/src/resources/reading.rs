//! What was sent, read into what is meant: with all its faults, and looked over for what is never
//! stored.

use concord_domain::{
    document::{self, Reader},
    fault::{FaultCode, Pointer},
};
use concord_store::Tx;
use serde_json::Value;

use super::{Resource, known::Known};
use crate::{
    App,
    access::Access,
    error::{Error, Result},
    guard,
};

/// Reads a new thing from a body.
pub(super) fn read_new<T: Resource>(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    body: &Value,
) -> Result<T> {
    read_body(app, tx, access, body, |body, reader| T::read(body, &Pointer::ROOT, reader))
}

/// Reads a body that is no document, or names every fault in it.
///
/// # Errors
/// All faults at once.
pub fn read_body<T>(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    body: &Value,
    read: impl FnOnce(&Value, &mut Reader<'_>) -> Option<T>,
) -> Result<T> {
    let sorted = guard::sorted(body);
    let mut known = Known::new(app, tx, access, &sorted.body);
    let mut reader = Reader::of_request(&mut known, app.today());
    let read = read(&sorted.body, &mut reader);
    let mut faults = reader.faults;
    let noted = reader.noted.unwrap_or_default();
    known.failed()?;
    faults.extend(sorted.fault);
    faults.extend(guard::judged(access, noted, (&[], sorted.confirmation)));
    match read {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(Error::Invalid(faults)),
    }
}

/// Reads what is to become of a thing from a body, or names every fault in it.
pub(super) fn read_amended<T: Resource>(
    app: &App,
    tx: &mut Tx,
    access: &Access,
    before: &T,
    body: &Value,
) -> Result<T> {
    let mut after = before.clone();
    let sorted = guard::sorted(body);
    let body = &*sorted.body;
    let mut known = Known::new(app, tx, access, body);
    known.within = before.parts();
    let mut reader = Reader::of_request(&mut known, app.today());
    after.amend(body, &Pointer::ROOT, &mut reader);
    let elsewhere = T::CHANGED_ELSEWHERE.iter();
    let elsewhere = elsewhere.flat_map(|(members, call)| members.iter().map(move |m| (m, call)));
    for (member, call) in elsewhere.filter(|(member, _)| body.get(**member).is_some()) {
        let at = Pointer::ROOT;
        let detail = format!("`{member}` is changed by {call}");
        reader.fault(&at.member(member), FaultCode::Inconsistent, detail);
    }
    let mut faults = reader.faults;
    let noted = reader.noted.unwrap_or_default();
    known.failed()?;
    faults.extend(sorted.fault);
    let standing = if noted.is_empty() { Vec::new() } else { document::texts_of(before) };
    faults.extend(guard::judged(access, noted, (&standing, sorted.confirmation)));
    if faults.is_empty() { Ok(after) } else { Err(Error::Invalid(faults)) }
}
