//! The flags that the visitor may read, and the lines about those that may not be shown.

use askama::Template;
use concord_app::{
    cursor::Page as Part,
    flags::{self, RestrictedLine, ShownFlag, Whose, Wish},
    outlook::sides::sides,
};
use concord_domain::{
    flag::Subject,
    id::EngagementId,
    vocabulary::{Closed, Severity},
};
use std::collections::HashMap;
use uuid::Uuid;

use crate::{
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Visit},
    words::{Words, marks},
};

/// How many flags a page shows.
const FLAGS_SHOWN: i64 = 20;
/// How many of the lines about what may not be shown a page shows.
const RESTRICTED_SHOWN: usize = 30;

/// How much a flag matters.
pub struct Weight {
    /// The code, by which it is drawn.
    pub code: &'static str,
    /// Squares.
    pub marks: &'static str,
    /// The word for it.
    pub label: &'static str,
}

impl Weight {
    /// The weight of a severity.
    pub fn of(w: Words, severity: Severity) -> Self {
        Self { code: severity.code(), marks: marks(severity), label: w.of(severity) }
    }
}

/// A flag in a list.
pub struct Card {
    /// Where it is shown alone.
    pub address: String,
    /// Its kind.
    pub kind: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// What people have made of it.
    pub state: &'static str,
    /// Since which day it is there.
    pub since: String,
    /// Whose lines it is about.
    pub organizations: Vec<String>,
    /// Why it holds.
    pub because: Vec<String>,
}

impl Card {
    /// A flag in a list of an operation; none for one that has no life.
    pub fn of(w: Words, operation: &str, flag: &ShownFlag) -> Option<Self> {
        Some(Self {
            address: format!("/operations/{operation}/flags/{}", flag.id?),
            kind: w.of(flag.kind),
            weight: Weight::of(w, flag.severity),
            state: flag.state.map_or("", |state| w.of(state)),
            since: flag.raised_at.map(|at| w.day(at.date())).unwrap_or_default(),
            organizations: names_of(flag),
            because: flag.because.iter().map(|(_, sentence)| sentence.clone()).collect(),
        })
    }
}

/// What those are called whose lines a flag is about, in the order of their names.
pub fn names_of(flag: &ShownFlag) -> Vec<String> {
    let mut names: Vec<String> = flag.organizations.iter().map(|(_, name)| name.clone()).collect();
    names.sort();
    names
}

/// That there is a flag with lines that may not be shown.
pub struct Restricted {
    /// Where one asks to be put in touch about it.
    pub ask: String,
    /// What it is about, in one word.
    pub class: &'static str,
    /// Its kind, if that is told.
    pub kind: Option<&'static str>,
    /// How much it matters, if that is told.
    pub weight: Option<Weight>,
    /// The own line: with whom it is.
    pub own: String,
    /// Whose the other side is, if that is told.
    pub organizations: Vec<String>,
}

#[derive(Template)]
#[template(path = "flags.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    operation: String,
    /// Which are shown: `waiting`, `over` or `all`.
    shown: &'static str,
    is_own: bool,
    flags: Vec<Card>,
    /// Where the list goes on.
    next: Option<String>,
    restricted: Vec<Restricted>,
    more: usize,
}

/// Which flags can be asked for, each with what it means for whether they are over.
const SHOWN: [(&str, Option<bool>); 3] =
    [("waiting", Some(false)), ("over", Some(true)), ("all", None)];

/// The list.
pub fn list(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let asked = visit.field("show").unwrap_or_default();
    let (shown, over) = SHOWN.into_iter().find(|(name, _)| *name == asked).unwrap_or(SHOWN[0]);
    let is_own = visit.field("own").is_some();
    let whose = if is_own { Whose::Own } else { Whose::Anybodys };
    let wish = Wish { over, whose, ..Wish::default() };
    let part = Part { limit: Some(FLAGS_SHOWN), cursor: visit.field("cursor").map(str::to_owned) };
    let person = visit.person()?;
    let found = flags::list(&visit.app, person, visit.operation(), wish, &part)?;
    let w = visit.words;
    let own = if is_own { "&own=true" } else { "" };
    let next = found.flags.next.map(|cursor| format!("?show={shown}{own}&cursor={cursor}"));
    let items = found.flags.items.iter();
    // They stand on the first page alone.
    let restricted = if part.cursor.is_some() { Vec::new() } else { found.restricted };
    let more = restricted.len().saturating_sub(RESTRICTED_SHOWN);
    Reply::page(&Page {
        w,
        frame: Frame::within(visit, &entered),
        operation: entered.key.clone(),
        shown,
        is_own,
        flags: items.filter_map(|flag| Card::of(w, &entered.key, flag)).collect(),
        next,
        restricted: restricted_shown(visit, &restricted)?,
        more,
    })
}

/// The first of some lines about what may not be shown.
///
/// # Errors
/// Those of reading the own lines.
pub fn restricted_shown(visit: &Visit, lines: &[RestrictedLine]) -> Result<Vec<Restricted>> {
    let lines = lines.get(..RESTRICTED_SHOWN.min(lines.len())).unwrap_or_default();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let w = visit.words;
    let own: Vec<Subject> =
        lines.iter().map(|line| Subject::Engagement(EngagementId(line.entry))).collect();
    let own = sides(&visit.app, visit.person()?, visit.operation(), &own)?;
    let names: HashMap<Uuid, String> = own
        .lines
        .into_iter()
        .map(|(_, line)| (line.engagement.id, line.armed_actor.name))
        .collect();
    let shown = |line: &RestrictedLine| Restricted {
        ask: format!("/operations/{}/restricted/{}/contact", visit.operation(), line.id),
        class: w.of(line.class),
        kind: line.kind.map(|kind| w.of(kind)),
        weight: line.severity.map(|severity| Weight::of(w, severity)),
        own: names.get(&line.entry).cloned().unwrap_or_default(),
        organizations: line.organizations.iter().map(|named| named.name.clone()).collect(),
    };
    Ok(lines.iter().map(shown).collect())
}
