//! Who talks to whom: a graph and two matrices, each with a table that says the same. At first all
//! is shown; narrower questions come in a form and never in an address.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{Error, find};
use concord_domain::{
    document::{ArmedActor, Place},
    policy::Action,
    vocabulary::{Closed, Level, vocabulary},
    window::{Day, parse_day},
};
use serde_json::{Value, json};

use super::choosing::{Chosen, Meant, actors, chosen, meant, places};
use crate::{
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

mod drawn;

use drawn::Drawn;

/// A field for a day.
#[derive(Default)]
struct Dated {
    typed: String,
    day: Option<Day>,
    problem: Option<&'static str>,
}

impl Dated {
    fn read(visit: &Visit, field: &str) -> Self {
        let typed = visit.field(field).unwrap_or_default().to_owned();
        let day = parse_day(&typed);
        let is_wrong = !typed.is_empty() && day.is_none();
        Self { typed, day, problem: is_wrong.then(|| visit.words.text("meeting.day_wrong")) }
    }
}

/// What is asked.
#[derive(Default)]
struct Asked {
    actor: Meant,
    place: Meant,
    issue: Option<String>,
    level: Option<String>,
    from: Dated,
    until: Dated,
}

/// What is wrong with an armed actor or a place.
fn problem(meant: &Meant, none: &'static str, which: &'static str) -> Option<&'static str> {
    match meant {
        Meant::Nothing | Meant::One(_) => None,
        Meant::Several(offers) if offers.is_empty() => Some(none),
        Meant::Several(_) => Some(which),
    }
}

impl Asked {
    fn read(visit: &Visit) -> Result<Self> {
        let text = |field| visit.field(field).map(str::to_owned);
        let (mut from, until) = (Dated::read(visit, "from"), Dated::read(visit, "until"));
        let last = until.day.unwrap_or(visit.app.today());
        if from.day.is_some_and(|first| first > last) {
            from.problem = Some(visit.words.text("network.reversed"));
        }
        Ok(Self {
            actor: meant(visit, "actor", actors)?,
            place: meant(visit, "place", places)?,
            issue: text("issue"),
            level: text("level"),
            from,
            until,
        })
    }

    /// The question, as the use case takes it.
    fn question(&self) -> Value {
        let id = |meant: &Meant| meant.one().map(|id| id.to_string());
        let day = |dated: &Dated| dated.day.map(|day| day.to_string());
        json!({
            "armed_actor": id(&self.actor), "place": id(&self.place),
            "issue": self.issue, "level": self.level,
            "from": day(&self.from), "until": day(&self.until),
        })
    }
}

/// Something that can be chosen from a list: its code, what it is called, and whether it is chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "network.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    actor: Chosen,
    place: Chosen,
    issues: Vec<Choice>,
    levels: Vec<Choice>,
    from: Dated,
    until: Dated,
    /// What was found; none if what was asked is not clear.
    found: Option<Drawn>,
}

impl Page {
    /// Below which the pages of armed actors are.
    fn actors(&self) -> String {
        format!("/operations/{}/armed-actors", self.frame.key())
    }
}

/// All of the last days.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, Asked::default())
}

/// What was asked for, or the form again with what is not clear.
pub fn narrowed(visit: &Visit) -> Result<Reply> {
    page(visit, Asked::read(visit)?)
}

fn page(visit: &Visit, asked: Asked) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    if !may(&entered, Action::ReadEntries) {
        return Err(Error::Forbidden("your role reads no entries").into());
    }
    let w = visit.words;
    let actor_problem =
        problem(&asked.actor, w.text("meeting.actor_none"), w.text("meeting.which_actor"));
    let place_problem =
        problem(&asked.place, w.text("meeting.place_none"), w.text("meeting.which_place"));
    let problems = [actor_problem, place_problem, asked.from.problem, asked.until.problem];
    let (status, found) = if problems.iter().any(Option::is_some) {
        (StatusCode::UNPROCESSABLE_ENTITY, None)
    } else {
        let (person, question) = (visit.person()?, asked.question());
        let found = find::network(&visit.app, person, visit.operation(), &question)?;
        (StatusCode::OK, Some(Drawn::of(w, found)))
    };
    let typed = |field: &str| visit.field(field).unwrap_or_default();
    let said = |problem: Option<&'static str>| problem.map(Problem::plain);
    let address = format!("/operations/{}/network", entered.key);
    let page = Page {
        w,
        // What was asked stands in no address: one comes back to all.
        frame: Frame { here: address.clone(), ..Frame::within(visit, &entered) },
        address,
        actor: chosen::<ArmedActor>(visit, typed("actor"), asked.actor, said(actor_problem))?,
        place: chosen::<Place>(visit, typed("place"), asked.place, said(place_problem))?,
        issues: issues(w, asked.issue.as_deref()),
        levels: levels(w, asked.level.as_deref()),
        from: asked.from,
        until: asked.until,
        found,
    };
    Reply::with_status(status, &page)
}

/// The issues and their families, each family below its own.
fn issues(w: Words, chosen: Option<&str>) -> Vec<Choice> {
    let all = vocabulary().entries("issue").iter();
    let broad = all.filter(|entry| entry.code.matches('.').count() < 2);
    let choice = |entry: &concord_domain::vocabulary::Entry| {
        let label = entry.label_in(w.language);
        let is_family = entry.code.contains('.');
        let label = if is_family { format!("– {label}") } else { label.to_owned() };
        (entry.code.clone(), label, chosen == Some(&entry.code))
    };
    broad.map(choice).collect()
}

fn levels(w: Words, chosen: Option<&str>) -> Vec<Choice> {
    let choice = |level: &Level| {
        let code = level.code();
        (code.to_owned(), w.of(*level).to_owned(), chosen == Some(code))
    };
    Level::ALL.iter().map(choice).collect()
}
