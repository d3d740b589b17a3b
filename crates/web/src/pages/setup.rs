//! What an operation is set up with, and where each of it is kept.

use askama::Template;
use concord_domain::policy::{Action, Decision, decide};

use super::guide::{self, Step};
use crate::{
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

#[derive(Template)]
#[template(path = "setup.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// The pages, each with its address, its name and what it is for.
    pages: Vec<(String, &'static str, &'static str)>,
    /// What is done first, for who does it.
    steps: Vec<Step>,
}

/// Where everything is kept.
pub fn show(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let own = |action| {
        let for_own = |own| decide(&entered.caller, action, Some(own)) == Decision::Allow;
        may(&entered, action) || entered.organizations.iter().copied().any(for_own)
    };
    let keeps_people = own(Action::KeepPeople) || may(&entered, Action::KeepOffices);
    let all = [
        ("people", "people.title", "people.about", keeps_people),
        ("desk", "desk.title", "desk.about", may(&entered, Action::KeepDesk)),
        ("organizations", "organizations.title", "organizations.about", true),
        ("mechanisms", "mechanisms.title", "mechanisms.about", true),
        ("leads", "leads.title", "leads.about", true),
        ("common-positions", "common_positions.title", "common_positions.about", true),
        ("retention", "retention.title", "retention.about", true),
        ("audit", "audit.title", "audit.about", own(Action::ReadAudit)),
    ];
    let w = visit.words;
    let shown = all.into_iter().filter(|(.., is_for)| *is_for);
    let pages = shown.map(|(page, name, about, _)| {
        (format!("/operations/{}/{page}", entered.key), w.text(name), w.text(about))
    });
    let steps = match may(&entered, Action::KeepReference) {
        true => guide::all(visit, &entered)?,
        false => Vec::new(),
    };
    Reply::page(&Page { w, pages: pages.collect(), steps, frame: Frame::within(visit, &entered) })
}
