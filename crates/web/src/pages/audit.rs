//! The visitor's part of the audit log: who was shown the entries of the own organisation, and what
//! was done in its name. Ids and codes, and no content.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    Error,
    audit::part::{self, Proofs},
    cursor::Page as Part,
};
use concord_domain::document::Organization;
use serde_json::Value;

use super::kept::{self, text};
use crate::{
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Trouble, Visit},
    words::Words,
};

/// How many records the page shows.
const RECORDS_SHOWN: i64 = 50;
/// How many weeks it shows.
const WEEKS_SHOWN: usize = 8;

/// A record, in words as far as it is in codes.
struct Record {
    day: String,
    time: String,
    deed: &'static str,
    action: String,
    /// For which organisations it was done; none was the server.
    whose: Vec<String>,
    /// The account; none is the server.
    by: String,
    /// How many things of each kind it was about.
    objects: Vec<String>,
}

/// What met the organisation's entries in a week.
struct Week {
    from: String,
    checks: String,
    entries: String,
}

#[derive(Template)]
#[template(path = "audit.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    records: Vec<Record>,
    next: Option<String>,
    /// For a focal point.
    weeks: Option<Vec<Week>>,
}

/// The latest records first.
pub fn list(visit: &Visit) -> Result<Reply> {
    let (w, app, person, operation) = (visit.words, &visit.app, visit.person()?, visit.operation());
    let asked =
        Part { limit: Some(RECORDS_SHOWN), cursor: visit.field("cursor").map(str::to_owned) };
    let found = part::list(app, person, operation, (&asked, Proofs::Without))?;
    let entered = frame::enter(visit)?;
    let names: HashMap<String, String> = kept::names::<Organization>(visit)?.into_iter().collect();
    let weeks = match entered.organizations.is_empty() {
        true => None,
        false => weeks(visit)?,
    };
    Reply::page(&Page {
        w,
        frame: Frame::within(visit, &entered),
        records: found.items.iter().map(|record| shown(w, record, &names)).collect(),
        next: found.next.map(|cursor| format!("?cursor={cursor}")),
        weeks,
    })
}

/// The last weeks; none for who reads the whole log, in which nothing is left to count.
fn weeks(visit: &Visit) -> Result<Option<Vec<Week>>> {
    let found = match part::weeks(&visit.app, visit.person()?, visit.operation()) {
        Ok(found) => found,
        Err(Error::Forbidden(_)) => return Ok(None),
        Err(error) => return Err(Trouble::from(error)),
    };
    let number = |value: &Value| value.as_u64().unwrap_or_default().to_string();
    let week = |each: &Value| Week {
        from: visit.words.written_day(each["from"].as_str().unwrap_or_default()),
        checks: number(&each["checks"]),
        entries: number(&each["entries"]),
    };
    Ok(Some(found.iter().take(WEEKS_SHOWN).map(week).collect()))
}

fn shown(w: Words, record: &Value, names: &HashMap<String, String>) -> Record {
    let at = text(&record["at"]);
    let (day, time) = at.split_once('T').unwrap_or((&at, ""));
    let deed = match record["deed"].as_str().unwrap_or_default() {
        "changed" => "audit.changed",
        "read" => "audit.read",
        "matched" => "audit.matched",
        "refused" => "audit.refused",
        _ => "audit.did",
    };
    let acted_for = record["for"].as_array().into_iter().flatten();
    let named = |id: &Value| names.get(id.as_str()?).cloned();
    Record {
        day: w.written_day(day),
        time: time.chars().take(5).collect(),
        deed: w.text(deed),
        action: text(&record["action"]),
        whose: acted_for.filter_map(named).collect(),
        by: text(&record["by"]),
        objects: objects(&record["objects"]),
    }
}

/// How many things of each kind, each as `engagement × 3`.
fn objects(objects: &Value) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for kind in objects.as_array().into_iter().flatten().map(|object| text(&object["kind"])) {
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    let counted = |(kind, count)| if count == 1 { kind } else { format!("{kind} × {count}") };
    counts.into_iter().map(counted).collect()
}
