//! The brief and the coordination report: what the registry holds of an armed actor or a period,
//! as far as the reader may know it. Here it is gathered; `reports` makes documents of it.

use concord_domain::{
    document::{Engagement, Reader, Terms, To, ids},
    fault::Pointer,
    id::PlaceId,
    language::Language,
    lineage::Lineage,
    vocabulary::{AskStatus, Closed, Code},
    window::{Day, Window, later},
};
use concord_reports::{Handling, Named, Term};
use concord_store::{Tx, trees};
use serde_json::Value;
use uuid::Uuid;

use crate::{App, access::Access, error::Result, names::Names};

pub mod brief;
pub mod report;

/// How long a document is to be relied on, in days.
const RELIED_ON_DAYS: u32 = 7;

/// What is written on every document.
const MARK: &str = "TLP:AMBER+STRICT – for people of the organisations in this operation only";

fn term<T: Code>(code: T) -> Term {
    let entry = code.entry();
    Term { code: entry.code.clone(), label: entry.label_in(Language::English).to_owned() }
}

fn closed<T: Closed>(code: T) -> Term {
    Term { code: code.code().to_owned(), label: code.label_in(Language::English).to_owned() }
}

fn named(names: &Names, id: impl Into<Uuid>) -> Named {
    let id = id.into();
    Named { id, name: names.of(id) }
}

/// From when to when, in words.
fn when(window: Window) -> String {
    match (window.from, window.until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "for good".to_owned(),
    }
}

/// Terms in words.
fn terms_in_words(terms: &Terms) -> String {
    let one = |(term, value): (&concord_domain::vocabulary::Term, _)| {
        format!("{}: {value}", term.entry().label_in(Language::English))
    };
    terms.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn places_in_words(names: &Names, places: &[To<PlaceId>]) -> String {
    if places.is_empty() {
        return "the whole operation".to_owned();
    }
    places.iter().map(|to| names.of(to.0)).collect::<Vec<_>>().join(", ")
}

fn handling(app: &App, access: &Access, day: Day, note: &str) -> Handling {
    let operation = &access.operation;
    let true_at = app.now().and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Handling {
        mark: MARK.to_owned(),
        operation: Named { id: operation.id, name: operation.operation.name.as_str().to_owned() },
        true_at,
        expires_on: later(day.max(app.today()), RELIED_ON_DAYS).to_string(),
        note: note.to_owned(),
    }
}

/// What became of some asks.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    granted: usize,
    refused: usize,
    withdrawn: usize,
    open: usize,
}

impl Tally {
    fn add(&mut self, status: AskStatus) {
        match status {
            AskStatus::Granted => self.granted += 1,
            AskStatus::Refused => self.refused += 1,
            AskStatus::Withdrawn => self.withdrawn += 1,
            AskStatus::Open => self.open += 1,
        }
    }
}

/// What became of asks, by method and by approach, in the order of the vocabulary.
fn tallies(engagements: &[Engagement]) -> Vec<(&'static str, Term, Tally)> {
    let mut found: Vec<(&'static str, Term, Tally)> = Vec::new();
    for engagement in engagements {
        let approaches = engagement.approaches.iter().map(|each| ("approach", term(*each)));
        let means = [("method", term(engagement.method))].into_iter().chain(approaches);
        for (list, means) in means {
            let known = found.iter().position(|(l, m, _)| *l == list && *m == means);
            let at = known.unwrap_or_else(|| {
                found.push((list, means, Tally::default()));
                found.len() - 1
            });
            for ask in &engagement.asks {
                found[at].2.add(ask.status.0);
            }
        }
    }
    found.sort_by(|a, b| (b.0, b.2.granted, &a.1).cmp(&(a.0, a.2.granted, &b.1)));
    found
}

/// Whether the places of an engagement or an agreement are, hold or lie within a place.
fn is_about(
    places: &[To<PlaceId>],
    lineages: &std::collections::HashMap<PlaceId, Lineage>,
    place: Option<&Lineage>,
) -> bool {
    let Some(place) = place else { return true };
    places.is_empty()
        || places.iter().any(|to| lineages.get(&to.0).is_some_and(|each| each.in_line(place)))
}

/// Where all the places stand that these engagements name.
fn lineages_of(
    tx: &mut Tx,
    access: &Access,
    engagements: &[Engagement],
    more: &[PlaceId],
) -> Result<std::collections::HashMap<PlaceId, Lineage>> {
    let mut all: Vec<PlaceId> = engagements.iter().flat_map(|e| ids(&e.places)).collect();
    all.extend(more);
    all.sort_unstable();
    all.dedup();
    Ok(trees::places::lineages(tx, access.id(), &all)?)
}

/// Reads the members of a question.
fn read_question<T>(
    body: &Value,
    reader: &mut Reader<'_>,
    members: &[&str],
    read: impl FnOnce(&serde_json::Map<String, Value>, &Pointer<'_>, &mut Reader<'_>) -> Option<T>,
) -> Option<T> {
    let at = Pointer::ROOT;
    let object = reader.object(body, &at, members)?;
    read(object, &at, reader)
}

/// The last contact of an engagement that is not after a day.
fn last_contact(engagement: &Engagement, day: Day) -> Option<Day> {
    engagement.contacts.iter().map(|contact| contact.on).filter(|on| *on <= day).max()
}
