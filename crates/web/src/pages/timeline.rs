//! What happened with an armed actor, day by day, as far as the visitor may know it.

use askama::Template;
use concord_app::find;
use concord_domain::window::Day;
use concord_reports::{
    disclosed::{Disclosed, DisclosedSummary},
    timeline::{Timeline, TimelineEvent},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many events the page shows, so that it stays small on a poor link.
const EVENTS_SHOWN: usize = 120;

/// Something that happened, in words.
pub struct Event {
    /// What.
    pub what: String,
    /// Whose.
    pub whose: Option<String>,
    /// With whom.
    pub with: String,
    /// About what.
    pub about: String,
    /// What came of it.
    pub outcome: Option<String>,
    /// The page of the flag that it is about, or of the line that it is part of.
    pub page: Option<String>,
}

impl Event {
    fn of(operation: &str, event: TimelineEvent) -> Self {
        let page = match (event.flag, event.engagement) {
            (Some(flag), _) => Some(format!("flags/{flag}")),
            (None, Some(line)) => Some(format!("entries/{line}")),
            (None, None) => None,
        };
        let about: Vec<String> = event.about.into_iter().map(|term| term.label).collect();
        Self {
            what: event.label,
            whose: event.organization.map(|organization| organization.name),
            with: event.armed_actor.name,
            about: about.join(" · "),
            outcome: event.outcome.map(|outcome| outcome.label),
            page: page.map(|page| format!("/operations/{operation}/{page}")),
        }
    }
}

/// The days on which something happened, the latest first, each with what did.
pub type Days = Vec<(String, Vec<Event>)>;

/// The first of some events by day, and how many there are besides.
pub fn by_day(
    w: Words,
    operation: &str,
    events: Vec<TimelineEvent>,
    shown_max: usize,
) -> (Days, usize) {
    let more = events.len().saturating_sub(shown_max);
    let mut days: Days = Vec::new();
    for event in events.into_iter().take(shown_max) {
        let day = w.written_day(&event.on);
        let event = Event::of(operation, event);
        match days.last_mut() {
            Some((last, there)) if *last == day => there.push(event),
            _ => days.push((day, vec![event])),
        }
    }
    (days, more)
}

#[derive(Template)]
#[template(path = "timeline.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// The address of the form.
    form: String,
    /// The address of the page of the armed actor.
    armed_actor: String,
    name: String,
    from: String,
    until: String,
    days: Days,
    more: usize,
    disclosed: Disclosed,
    note: String,
}

impl Words {
    /// What is told of a line in outline.
    pub fn outline(self, line: &DisclosedSummary) -> String {
        let terms = [&line.level, &line.method].into_iter().flatten().chain(&line.issues);
        let mut told: Vec<String> = terms.map(|term| term.label.clone()).collect();
        told.extend(line.month.as_ref().map(|month| self.language.month(month)));
        told.extend(line.areas.iter().map(|area| area.name.clone()));
        told.join(" · ")
    }
}

/// What happened until a day.
///
/// # Errors
/// For who reads no entries.
pub fn show(
    visit: &Visit,
    form: &str,
    (actor, place): (Uuid, Option<Uuid>),
    until: Day,
) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let body = json!({"armed_actor": actor, "place": place, "until": until.to_string()});
    let found = find::timeline(&visit.app, visit.person()?, visit.operation(), &body)?;
    let w = visit.words;
    let Timeline { armed_actor, from, until, events, disclosed, note, .. } = found;
    let (days, more) = by_day(w, &entered.key, events, EVENTS_SHOWN);
    Reply::page(&Page {
        w,
        // What was asked stands in no address: one comes back to the form.
        frame: Frame { here: form.to_owned(), ..Frame::within(visit, &entered) },
        form: form.to_owned(),
        armed_actor: format!("/operations/{}/armed-actors/{}", entered.key, armed_actor.id),
        name: armed_actor.name,
        from: w.written_day(&from),
        until: w.written_day(&until),
        days,
        more,
        disclosed,
        note,
    })
}
