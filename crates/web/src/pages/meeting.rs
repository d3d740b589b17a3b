//! Before a meeting: which armed actor, where and when; then the brief. The question comes in a form
//! and never in an address.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{Error, outlook};
use concord_domain::{
    document::{ArmedActor, Place},
    policy::Action,
    window::{Day, parse_day},
};
use concord_reports::brief::{self, WayBack};
use serde_json::json;
use uuid::Uuid;

use super::{
    choosing::{Chosen, Meant, actors, chosen, meant, places},
    timeline,
};
use crate::{
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Trouble, Visit},
    words::Words,
};

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
    match (&actor, place.limit(), day) {
        (Meant::One(actor), Some(place), Some(day)) => show(visit, (*actor, place), day),
        _ => {
            let actor_problem = match &actor {
                Meant::Nothing => Some(w.text("meeting.actor_missing")),
                Meant::Several(offers) if offers.is_empty() => Some(w.text("meeting.actor_none")),
                _ => None,
            };
            let place_problem = place.is_unknown().then(|| w.text("meeting.place_none"));
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
    let typed = |field: &str| visit.field(field).unwrap_or_default();
    let said = |problem: Option<&'static str>| problem.map(Problem::plain);
    let problems = [actor_problem, place_problem, day_problem];
    let is_wrong = problems.iter().any(Option::is_some);
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page {
        w: visit.words,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        timeline: format!("/operations/{}/timeline", visit.operation()),
        actor: chosen::<ArmedActor>(visit, typed("actor"), actor, said(actor_problem))?,
        place: chosen::<Place>(visit, typed("place"), place, said(place_problem))?,
        day,
        day_problem,
    };
    Reply::with_status(status, &page)
}
