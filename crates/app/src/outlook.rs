//! The brief and the coordination report: what the registry holds of an armed actor or a period,
//! as far as the reader may know it. Here it is gathered; `reports` makes documents of it.

use std::collections::HashMap;

use concord_domain::{
    document::{Engagement, Reader, Terms, To, ids},
    fault::Pointer,
    guidance::{FITTING_MAX, Fit, fitting},
    id::PlaceId,
    language::Language,
    lineage::Lineage,
    vocabulary::{AskStatus, Closed, Code, Issue, Method},
    window::{Day, later},
};
use concord_reports::{Handling, Named, Term, brief::GuidanceLine};
use concord_store::{Tx, trees};
use serde_json::Value;
use uuid::Uuid;

use crate::{App, access::Access, error::Result, names::Names};

pub mod areas;
pub mod brief;
mod commitments;
mod lines;
pub mod report;
mod risks;
pub mod sides;

/// How long a document is to be relied on, in days.
const RELIED_ON_DAYS: u32 = 7;

/// How things are called in a document: in its language, by the names that were loaded.
#[derive(Clone, Copy)]
struct Voice<'n> {
    language: Language,
    names: &'n Names,
}

fn term<T: Code>(code: T, language: Language) -> Term {
    let entry = code.entry();
    Term { code: entry.code.clone(), label: entry.label_in(language).to_owned() }
}

fn closed<T: Closed>(code: T, language: Language) -> Term {
    Term { code: code.code().to_owned(), label: code.label_in(language).to_owned() }
}

impl Voice<'_> {
    fn term<T: Code>(self, code: T) -> Term {
        term(code, self.language)
    }

    fn closed<T: Closed>(self, code: T) -> Term {
        closed(code, self.language)
    }

    fn named(self, id: impl Into<Uuid>) -> Named {
        let id = id.into();
        Named { id, name: self.names.of(id) }
    }

    /// What stands under a key, with its holes filled by what things are called.
    fn say(self, key: &'static str, holes: &[(&str, &str)]) -> String {
        self.language.sentence(self.language.text(key), |name| {
            holes.iter().find(|(hole, _)| *hole == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// Terms in words.
    fn terms(self, terms: &Terms) -> String {
        let one = |(term, value): (&concord_domain::vocabulary::Term, &_)| {
            let (name, value) = (term.entry().label_in(self.language), format!("{value}"));
            self.say("advice.named", &[("name", name), ("value", &value)])
        };
        terms.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    fn places(self, places: &[To<PlaceId>]) -> String {
        if places.is_empty() {
            return self.language.text("document.whole_operation").to_owned();
        }
        let names: Vec<String> = places.iter().map(|to| self.names.of(to.0)).collect();
        self.language.list(&names)
    }
}

/// How a document is to be handled: its mark and what it covers, under their keys.
fn handling(
    app: &App,
    access: &Access,
    day: Day,
    (mark, covers): (&'static str, &'static str),
) -> Handling {
    let (operation, language) = (&access.operation, access.language);
    let true_at = app.now().and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Handling {
        language: language.code().to_owned(),
        mark: language.text(mark).to_owned(),
        operation: Named { id: operation.id, name: operation.operation.name.as_str().to_owned() },
        true_at,
        expires_on: later(day.max(app.today()), RELIED_ON_DAYS).to_string(),
        note: language.text(covers).to_owned(),
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

/// What became of asks, by method and by approach: methods first, and those first by which most
/// was granted.
fn tallies<'e>(
    engagements: impl IntoIterator<Item = &'e Engagement>,
    language: Language,
) -> Vec<(&'static str, Term, Tally)> {
    let mut found: Vec<(&'static str, Term, Tally)> = Vec::new();
    for engagement in engagements {
        let approaches = engagement.approaches.iter();
        let approaches = approaches.map(|each| ("approach", term(*each, language)));
        let means = [("method", term(engagement.method, language))].into_iter().chain(approaches);
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

/// Public guidance about these issues and methods, what fits best first, and by what it fits.
fn matching_guidance(
    issues: &[Issue],
    methods: &[Method],
    language: Language,
) -> Vec<GuidanceLine> {
    let line = |fit: Fit| GuidanceLine {
        code: fit.guidance.code.clone(),
        title: fit.guidance.title.clone(),
        publisher: fit.guidance.publisher.clone(),
        year: fit.guidance.year,
        kind: Term {
            code: fit.guidance.kind.clone(),
            label: fit.guidance.kind_in(language).to_owned(),
        },
        address: fit.guidance.address.clone(),
        issues: fit.issues.into_iter().map(|issue| term(issue, language)).collect(),
        methods: fit.methods.into_iter().map(|method| term(method, language)).collect(),
    };
    if issues.is_empty() && methods.is_empty() {
        return Vec::new();
    }
    fitting(issues, methods).into_iter().take(FITTING_MAX).map(line).collect()
}

/// Whether the places of an engagement or an agreement are, hold or lie within a place.
fn is_about(
    places: &[To<PlaceId>],
    lineages: &HashMap<PlaceId, Lineage>,
    place: Option<&Lineage>,
) -> bool {
    let Some(place) = place else { return true };
    places.is_empty()
        || places.iter().any(|to| lineages.get(&to.0).is_some_and(|each| each.in_line(place)))
}

/// Where all the places stand that these engagements name, and some more.
fn lineages_of(
    tx: &mut Tx,
    access: &Access,
    engagements: &[Engagement],
    more: &[PlaceId],
) -> Result<HashMap<PlaceId, Lineage>> {
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
