//! What waits for the visitor.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use concord_app::{
    access::Entered,
    cursor::Page as Part,
    find,
    flags::{self, Whose, Wish},
    notifications,
    outlook::sides::sides,
};
use concord_domain::{
    flag::Subject,
    id::{CommitmentId, EngagementId},
    notification::{Notification, NotificationKind as Kind},
    policy::Action,
};
use uuid::Uuid;

use super::{
    flags::Card,
    guide::{self, Step},
    queue::{self, Waiting},
    timeline::{self, Days},
};
use crate::{
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many of each the page shows.
const FLAGS_SHOWN: i64 = 6;
const QUEUE_SHOWN: i64 = 8;
const ENTRIES_SHOWN: usize = 6;
const CHANGES_SHOWN: usize = 10;
/// Which of what waits the page takes from there; flags and the queue it shows as they are.
const SHOWN: [Kind; 6] = [
    Kind::EntryStale,
    Kind::CommitmentDue,
    Kind::ContactRequested,
    Kind::ContactArranged,
    Kind::ContactClosed,
    Kind::DeskChange,
];

/// An own entry, in a line.
struct Entry {
    /// Where it is shown alone; none for a commitment.
    address: Option<String>,
    what: String,
    with: String,
    whose: String,
    day: String,
}

/// Some own entries, and how many more there are.
#[derive(Default)]
struct Entries {
    shown: Vec<Entry>,
    more: usize,
}

/// The flags of the visitor.
#[derive(Default)]
struct Own {
    flags: Vec<Card>,
    has_more: bool,
    /// How many lines there are about flags that may not be shown.
    restricted: usize,
}

#[derive(Template)]
#[template(path = "home.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    operation: String,
    /// The flags; none for who reads no entries.
    own: Option<Own>,
    /// Whether the visitor acts for an organisation, and so has entries.
    acts: bool,
    stale: Entries,
    due: Entries,
    /// What changed this week in what the visitor's organisations keep, and how much more of it.
    changes: (Days, usize),
    /// What else waits, each with how much of it.
    others: Vec<(&'static str, usize, String)>,
    /// The desk's queue, and whether it goes on; none if it is not the visitor's.
    queue: Option<(Vec<Waiting>, bool)>,
    /// What is done first, for who sets the operation up.
    steps: Option<Vec<Step>>,
}

/// What waits.
pub fn show(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (person, operation) = (visit.person()?, visit.operation());
    let waiting = notifications::of_kinds(&visit.app, person, operation, &SHOWN)?;
    let reads = may(&entered, Action::ReadEntries);
    let own = if reads { Some(own_flags(visit, &entered)?) } else { None };
    let (stale, due) = if reads { entries(visit, &waiting)? } else { Default::default() };
    let acts = !entered.organizations.is_empty();
    let changes = if reads && acts { changes(visit)? } else { Default::default() };
    let queue = if may(&entered, Action::ReadQueue) {
        let (waiting, next) = queue::part(visit, QUEUE_SHOWN)?;
        Some((waiting, next.is_some()))
    } else {
        None
    };
    Reply::page(&Page {
        w: visit.words,
        frame: Frame::within(visit, &entered),
        operation: entered.key.clone(),
        own,
        acts,
        stale,
        due,
        changes,
        others: others(visit, &waiting),
        queue,
        steps: guide::where_needed(visit, &entered)?,
    })
}

/// The flags that wait for the visitor: those with an own entry; for who acts for nobody, all.
fn own_flags(visit: &Visit, entered: &Entered) -> Result<Own> {
    let acts = !entered.organizations.is_empty();
    let whose = if acts { Whose::Own } else { Whose::Anybodys };
    let wish = Wish { over: Some(false), whose, ..Wish::default() };
    let part = Part { limit: Some(FLAGS_SHOWN), cursor: None };
    let found = flags::list(&visit.app, visit.person()?, visit.operation(), wish, &part)?;
    let cards = found.flags.items.iter();
    Ok(Own {
        flags: cards.filter_map(|flag| Card::of(visit.words, &entered.key, flag)).collect(),
        has_more: found.flags.next.is_some(),
        restricted: found.restricted.len(),
    })
}

fn changes(visit: &Visit) -> Result<(Days, usize)> {
    let found = find::changes(&visit.app, visit.person()?, visit.operation())?;
    Ok(timeline::by_day(visit.words, visit.operation(), found.events, CHANGES_SHOWN))
}

/// The own entries that nobody touched for long, and the own commitments that end soon.
fn entries(visit: &Visit, waiting: &[Notification]) -> Result<(Entries, Entries)> {
    let of = |kind| waiting.iter().filter(move |each| each.kind == kind);
    let stale: Vec<&Notification> = of(Kind::EntryStale).collect();
    let due: Vec<&Notification> = of(Kind::CommitmentDue).collect();
    let lines = stale.iter().take(ENTRIES_SHOWN);
    let lines = lines.map(|each| Subject::Engagement(EngagementId(each.thing)));
    let commitments = due.iter().take(ENTRIES_SHOWN);
    let commitments = commitments.map(|each| Subject::Commitment(CommitmentId(each.thing)));
    let subjects: Vec<Subject> = lines.chain(commitments).collect();
    if subjects.is_empty() {
        return Ok(Default::default());
    }
    let found = sides(&visit.app, visit.person()?, visit.operation(), &subjects)?;
    let lines = found.lines.into_iter().map(|(level, line)| {
        let what = format!("{}, {}", line.method.label, visit.words.of(level));
        let (with, whose) = (line.armed_actor.name, line.organization.name);
        let address = format!("/operations/{}/entries/{}", visit.operation(), line.engagement.id);
        let entry = Entry { address: Some(address), what, with, whose, day: String::new() };
        (line.engagement.id, entry)
    });
    let commitments = found.commitments.into_iter().map(|(id, it)| {
        let (with, whose) = (it.armed_actor.name, it.places);
        let what = it.action.label;
        (id, Entry { address: None, what, with, whose, day: String::new() })
    });
    let mut known: HashMap<Uuid, Entry> = lines.chain(commitments).collect();
    let mut told = |of: &[&Notification]| {
        let shown = of.iter().filter_map(|each| {
            let day = each.day.map(|day| visit.words.day(day)).unwrap_or_default();
            known.remove(&each.thing).map(|entry| Entry { day, ..entry })
        });
        Entries { shown: shown.collect(), more: of.len().saturating_sub(ENTRIES_SHOWN) }
    };
    Ok((told(&stale), told(&due)))
}

/// What waits besides what the page shows itself.
fn others(visit: &Visit, waiting: &[Notification]) -> Vec<(&'static str, usize, String)> {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for each in waiting {
        *counts.entry(each.kind).or_default() += 1;
    }
    let told = |(kind, count): (Kind, usize)| {
        let key = match kind {
            Kind::ContactRequested => "home.contact_requested",
            Kind::ContactArranged => "home.contact_arranged",
            Kind::ContactClosed => "home.contact_closed",
            Kind::DeskChange => "home.desk_change",
            // These have a place of their own.
            Kind::FlagRaised
            | Kind::RestrictedLine
            | Kind::DeskQueue
            | Kind::EntryStale
            | Kind::CommitmentDue => return None,
        };
        let page = if kind == Kind::DeskChange { "desk" } else { "contact" };
        let address = format!("/operations/{}/{page}", visit.operation());
        Some((visit.words.text(key), count, address))
    };
    counts.into_iter().filter_map(told).collect()
}
