//! Before a meeting: which armed actor, where and when; then the brief. The question comes in a form
//! and never in an address.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{
    Error,
    armed_actors::search::{self, Suggested},
    cursor::Page as Part,
    outlook,
    resources::{self, Resource, Shown},
};
use concord_domain::{
    document::{ArmedActor, Place},
    policy::Action,
    window::{Day, parse_day},
};
use concord_reports::brief::{self, WayBack};
use serde_json::{Value, json};
use uuid::Uuid;

use super::timeline;
use crate::{
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Trouble, Visit},
    words::Words,
};

/// How many names stand in a list to choose from as one types; if there are more, none do.
const NAMES_MAX: i64 = 200;
/// How many things are offered if it is not clear which one is meant.
const OFFERED_MAX: usize = 8;

/// Something that may be meant.
struct Offer {
    id: Uuid,
    name: String,
    /// What it is part of.
    above: Option<String>,
}

/// What is meant by what was typed.
enum Meant {
    /// Nothing was typed.
    Nothing,
    /// This one.
    One(Uuid),
    /// One of these, or, if there are none, nothing that is known.
    Several(Vec<Offer>),
}

/// A field by which something is chosen, as it stands in the form.
struct Chosen {
    typed: String,
    names: Vec<String>,
    /// The one that is clear already, while something else is not.
    kept: Option<Uuid>,
    offers: Vec<Offer>,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "meeting.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    timeline: String,
    actor: Chosen,
    place: Chosen,
    day: String,
    day_problem: Option<&'static str>,
}

impl Page {
    fn token(&self) -> &str {
        self.frame.form_token.as_deref().unwrap_or_default()
    }
}

/// The form.
pub fn ask(visit: &Visit) -> Result<Reply> {
    let day = visit.app.today().to_string();
    page(visit, (Meant::Nothing, None), (Meant::Nothing, None), (day, None))
}

/// The brief, or the form again with what is not clear.
pub fn show_brief(visit: &Visit) -> Result<Reply> {
    answer(visit, brief_of)
}

/// What happened, or the form again with what is not clear.
pub fn show_timeline(visit: &Visit) -> Result<Reply> {
    answer(visit, |visit, of, until| timeline::show(visit, &address(visit), of, until))
}

/// An armed actor, and a place, if one was named.
type About = (Uuid, Option<Uuid>);

fn answer(visit: &Visit, show: impl Fn(&Visit, About, Day) -> Result<Reply>) -> Result<Reply> {
    let w = visit.words;
    let actor = meant(visit, "actor", actors)?;
    let place = meant(visit, "place", places)?;
    let today = visit.app.today();
    let typed = visit.field("day").map_or_else(|| today.to_string(), str::to_owned);
    let day = parse_day(&typed);
    let where_to = match &place {
        Meant::One(place) => Some(Some(*place)),
        Meant::Nothing => Some(None),
        Meant::Several(_) => None,
    };
    match (&actor, where_to, day) {
        (Meant::One(actor), Some(place), Some(day)) => show(visit, (*actor, place), day),
        _ => {
            let actor_problem = match &actor {
                Meant::Nothing => Some(w.text("meeting.actor_missing")),
                Meant::Several(offers) if offers.is_empty() => Some(w.text("meeting.actor_none")),
                _ => None,
            };
            let place_problem = match &place {
                Meant::Several(offers) if offers.is_empty() => Some(w.text("meeting.place_none")),
                _ => None,
            };
            let day_problem = day.is_none().then(|| w.text("meeting.day_wrong"));
            let (actor, place) = ((actor, actor_problem), (place, place_problem));
            page(visit, actor, place, (typed, day_problem))
        }
    }
}

/// The address of the form.
fn address(visit: &Visit) -> String {
    format!("/operations/{}/meeting", visit.operation())
}

fn brief_of(visit: &Visit, (actor, place): About, day: Day) -> Result<Reply> {
    let body = json!({"armed_actor": actor, "place": place, "day": day.to_string()});
    let (person, operation) = (visit.person()?, visit.operation());
    let made = outlook::brief::brief(&visit.app, person, operation, &body)?;
    let form = address(visit);
    let way_back = WayBack { address: &form, name: visit.words.text("meeting.back") };
    let page = brief::html_with_way_back(&made, visit.words.language, Some(way_back));
    Ok(Reply::document(page.map_err(|error| Trouble::Broken(error.to_string()))?))
}

fn page(
    visit: &Visit,
    (actor, actor_problem): (Meant, Option<&'static str>),
    (place, place_problem): (Meant, Option<&'static str>),
    (day, day_problem): (String, Option<&'static str>),
) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    if !may(&entered, Action::ReadEntries) {
        // What is asked for would be refused.
        return Err(Error::Forbidden("your role reads no entries").into());
    }
    let problems = [actor_problem, place_problem, day_problem];
    let is_wrong = problems.iter().any(Option::is_some);
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page {
        w: visit.words,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        timeline: format!("/operations/{}/timeline", visit.operation()),
        actor: chosen::<ArmedActor>(visit, "actor", actor, actor_problem)?,
        place: chosen::<Place>(visit, "place", place, place_problem)?,
        day,
        day_problem,
    };
    Reply::with_status(status, &page)
}

fn chosen<T: Resource>(
    visit: &Visit,
    field: &str,
    meant: Meant,
    problem: Option<&'static str>,
) -> Result<Chosen> {
    let part = Part { limit: Some(NAMES_MAX), cursor: None };
    let all = resources::list::<T>(&visit.app, visit.person()?, visit.operation(), &part)?;
    let mut names: Vec<String> = match all.next {
        None => all.items.iter().map(|shown| text(&shown.body["name"])).collect(),
        Some(_) => Vec::new(),
    };
    names.sort();
    names.dedup();
    let (kept, offers) = match meant {
        Meant::One(id) => (Some(id), Vec::new()),
        Meant::Several(offers) => (None, offers),
        Meant::Nothing => (None, Vec::new()),
    };
    let typed = visit.field(field).unwrap_or_default().to_owned();
    Ok(Chosen { typed, names, kept, offers, problem })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What is meant by what was typed into a field; what was chosen of what was offered for just that.
fn meant(
    visit: &Visit,
    field: &str,
    find: impl Fn(&Visit, &str) -> Result<Meant>,
) -> Result<Meant> {
    let Some(typed) = visit.field(field) else { return Ok(Meant::Nothing) };
    let chosen = visit.field(&format!("{field}_chosen")).map(Uuid::parse_str);
    match chosen {
        Some(Ok(id)) if visit.field(&format!("{field}_offered")) == Some(typed) => {
            Ok(Meant::One(id))
        }
        _ => find(visit, typed),
    }
}

/// The armed actors that are called like this.
fn actors(visit: &Visit, typed: &str) -> Result<Meant> {
    let body = json!({"name": typed, "limit": OFFERED_MAX});
    let found = search::search(&visit.app, visit.person()?, visit.operation(), &body)?;
    let is_exact = |one: &&Suggested| one.score >= 1.0;
    if let [one] = found.iter().filter(is_exact).collect::<Vec<_>>().as_slice() {
        return Ok(Meant::One(one.actor.identity.id.0));
    }
    let offer = |one: Suggested| Offer {
        id: one.actor.identity.id.0,
        name: one.actor.name.as_str().to_owned(),
        above: one.parent.map(|(_, name)| name),
    };
    Ok(Meant::Several(found.into_iter().map(offer).collect()))
}

/// The places that are called so, or else those in whose names it stands.
fn places(visit: &Visit, typed: &str) -> Result<Meant> {
    let mut all: Vec<Shown> = Vec::new();
    let mut part = Part { limit: Some(NAMES_MAX), cursor: None };
    loop {
        let page = resources::list::<Place>(&visit.app, visit.person()?, visit.operation(), &part)?;
        all.extend(page.items);
        match page.next {
            Some(next) => part.cursor = Some(next),
            None => break,
        }
    }
    let wanted = typed.to_lowercase();
    let called = |place: &Shown| -> Vec<String> {
        let names = place.body["names"].as_object().into_iter().flatten();
        let names = names.map(|(_, name)| name).chain([&place.body["name"], &place.body["key"]]);
        names.map(|name| text(name).to_lowercase()).collect()
    };
    let mut found: Vec<&Shown> =
        all.iter().filter(|place| called(place).contains(&wanted)).collect();
    if found.is_empty() {
        let holds = |place: &&Shown| called(place).iter().any(|name| name.contains(&wanted));
        found = all.iter().filter(holds).take(OFFERED_MAX).collect();
    } else if let [one] = found.as_slice() {
        return Ok(Meant::One(one.id));
    }
    let names: HashMap<String, String> =
        all.iter().map(|place| (place.id.to_string(), text(&place.body["name"]))).collect();
    let offer = |place: &Shown| Offer {
        id: place.id,
        name: text(&place.body["name"]),
        above: names.get(&text(&place.body["parent"])).cloned(),
    };
    Ok(Meant::Several(found.into_iter().map(offer).collect()))
}
