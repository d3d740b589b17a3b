//! The armed actors: those that are part of no other, and those that have a name like one that is
//! written, in any script.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::armed_actors::{
    family::{self, WithUnits},
    search::{self, Suggested},
};
use concord_domain::vocabulary::Code;
use serde_json::json;
use uuid::Uuid;

use crate::{
    frame::{self, Frame},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// How many are shown.
const TOPMOST_SHOWN: usize = 100;
const FOUND_SHOWN: usize = 20;

/// An armed actor in a list.
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: &'static str,
    /// What it is part of.
    pub above: Option<String>,
    /// Another name by which it was found.
    pub found_as: Option<String>,
    /// How many units are below it.
    pub units_below: usize,
}

impl Listed {
    /// One, with how many units it has.
    pub fn of(w: Words, (kin, units_below): WithUnits) -> Self {
        Self {
            id: kin.id.0,
            name: kin.name,
            kind: kin.kind.entry().label_in(w.language),
            above: None,
            found_as: None,
            units_below,
        }
    }

    fn found(w: Words, one: Suggested) -> Self {
        let name = one.actor.name.as_str().to_owned();
        Self {
            id: one.actor.identity.id.0,
            kind: one.actor.kind.entry().label_in(w.language),
            above: one.parent.map(|(_, name)| name),
            found_as: Some(one.name).filter(|found| *found != name),
            units_below: 0,
            name,
        }
    }
}

#[derive(Template)]
#[template(path = "armed_actors.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    /// What was looked for.
    typed: String,
    problem: Option<&'static str>,
    /// What was found; none if nothing was looked for.
    found: Option<Vec<Listed>>,
    topmost: Vec<Listed>,
    more: usize,
}

/// Those that are part of no other.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None, None)
}

/// Those that have a name like the one that is written.
pub fn find(visit: &Visit) -> Result<Reply> {
    let Some(typed) = visit.field("name") else {
        return page(visit, None, Some(visit.words.text("armed_actors.missing")));
    };
    let body = json!({"name": typed, "limit": FOUND_SHOWN});
    let found = search::search(&visit.app, visit.person()?, visit.operation(), &body)?;
    let found = found.into_iter().map(|one| Listed::found(visit.words, one)).collect();
    page(visit, Some(found), None)
}

fn page(visit: &Visit, found: Option<Vec<Listed>>, problem: Option<&'static str>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let all = family::topmost(&visit.app, visit.person()?, visit.operation())?;
    let more = all.len().saturating_sub(TOPMOST_SHOWN);
    let shown = all.into_iter().take(TOPMOST_SHOWN);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page {
        w,
        frame: Frame::within(visit, &entered),
        address: format!("/operations/{}/armed-actors", entered.key),
        typed: visit.field("name").unwrap_or_default().to_owned(),
        problem,
        found,
        topmost: shown.map(|each| Listed::of(w, each)).collect(),
        more,
    };
    Reply::with_status(status, &page)
}
