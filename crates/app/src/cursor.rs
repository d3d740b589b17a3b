//! Where a list goes on: opaque, and good only for the person and the list that it was given for.

use concord_domain::fault::FaultCode;
use uuid::Uuid;

use crate::{
    App,
    auth::hex,
    error::{Error, Result},
};

/// How many items a page has unless it is said, and at most.
pub const PAGE_ITEMS: i64 = 50;
/// The most items of a page.
pub const PAGE_ITEMS_MAX: i64 = 200;

/// Which page of a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// How many items.
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Whose list it is, and which.
#[derive(Clone, Debug)]
pub struct ListOf {
    /// The person.
    pub account: Uuid,
    /// The operation, the list and its filters.
    pub list: String,
}

/// Some items of a list, and where it goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page, if there are more.
    pub next: Option<String>,
}

impl Page {
    /// How many items are asked for.
    ///
    /// # Errors
    /// When there are too few or too many.
    pub fn size(&self) -> Result<i64> {
        match self.limit.unwrap_or(PAGE_ITEMS) {
            limit @ 1..=PAGE_ITEMS_MAX => Ok(limit),
            _ => {
                let detail = format!("from 1 to {PAGE_ITEMS_MAX}");
                Err(Error::at("limit", FaultCode::OutOfRange, detail))
            }
        }
    }

    /// Where the last page ended.
    ///
    /// # Errors
    /// When the cursor was not given for this list and person.
    pub fn position(&self, app: &App, of: &ListOf) -> Result<Option<String>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let read = || {
            let (position, tag) = cursor.split_once('.')?;
            let position = unhex(position)?;
            (tag == tag_of(app, of, &position)).then_some(position)
        };
        match read() {
            Some(position) => Ok(Some(position)),
            None => {
                let detail = "this cursor was not given for this list, or before the server's key \
                              was changed; begin without one";
                Err(Error::at("cursor", FaultCode::Malformed, detail))
            }
        }
    }
}

/// A page of the items that were read, one more than asked for if there are more.
pub fn page<T>(
    app: &App,
    of: &ListOf,
    mut items: Vec<T>,
    limit: i64,
    position: impl Fn(&T) -> String,
) -> Items<T> {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more).map(position);
    let next = last.map(|at| after(app, of, &at));
    Items { items, next }
}

/// The cursor of what comes after a position.
pub fn after(app: &App, of: &ListOf, position: &str) -> String {
    format!("{}.{}", hex(position.as_bytes()), tag_of(app, of, position))
}

fn tag_of(app: &App, of: &ListOf, position: &str) -> String {
    app.keys.ring().tag(&format!("{}\n{}\n{position}", of.account, of.list))
}

fn unhex(text: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(digits?).ok()
}
