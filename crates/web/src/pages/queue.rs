//! The desk's queue: of every flag that waits who it is about, and nothing of what is behind it.

use askama::Template;
use concord_app::{
    cursor::Page as Part,
    desk::{self, Queued},
};
use uuid::Uuid;

use super::flags::Weight;
use crate::{
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many flags the page shows.
const FLAGS_SHOWN: i64 = 50;

/// A flag as the desk sees it.
pub struct Waiting {
    /// Its kind.
    pub kind: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// Whose lines it is about.
    pub organizations: Vec<String>,
    /// The topmost armed actors that it is about.
    pub armed_actors: Vec<String>,
}

#[derive(Template)]
#[template(path = "queue.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    waiting: Vec<Waiting>,
    /// Where the list goes on.
    next: Option<String>,
}

/// A part of the queue, and where it goes on.
///
/// # Errors
/// For all but the desk.
pub fn part(visit: &Visit, limit: i64) -> Result<(Vec<Waiting>, Option<String>)> {
    let cursor = visit.field("cursor").map(str::to_owned);
    let part = Part { limit: Some(limit), cursor };
    let found = desk::queue(&visit.app, visit.person()?, visit.operation(), &part)?;
    let w = visit.words;
    let names = |named: Vec<(Uuid, String)>| named.into_iter().map(|(_, name)| name).collect();
    let shown = |flag: Queued| Waiting {
        kind: w.of(flag.kind),
        weight: Weight::of(w, flag.severity),
        organizations: names(flag.organizations),
        armed_actors: names(flag.armed_actors),
    };
    Ok((found.items.into_iter().map(shown).collect(), found.next))
}

/// The queue.
pub fn show(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (waiting, next) = part(visit, FLAGS_SHOWN)?;
    let next = next.map(|cursor| format!("?cursor={cursor}"));
    Reply::page(&Page { w: visit.words, frame: Frame::within(visit, &entered), waiting, next })
}
