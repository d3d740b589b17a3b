//! One flag: why it holds, what it is between, what became of it, and the step to take.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{
    Error,
    flags::{self, FlagWithHistory, Step, Taken},
    once::Sent,
    outlook::sides::{Sides, sides},
};
use concord_domain::{
    fault::Fault,
    flag::check_step,
    policy::Action,
    vocabulary::{Closed, FlagState, Resolution},
};
use concord_reports::brief::{CommitmentLine, LeadLine, PositionLine};
use serde_json::{Value, json};

use super::{
    flags::{Weight, names_of},
    line::LineShown,
};
use crate::{
    form::Problem,
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A step in the history.
struct Past {
    day: String,
    by: Option<String>,
    to: &'static str,
    resolution: Option<&'static str>,
    note: Option<String>,
    /// Why it took it by itself.
    cause: Option<&'static str>,
}

/// The step that somebody may take, and what was wrong with the one that they tried.
struct Form {
    /// The states, each with its code and what taking it is called.
    states: Vec<(&'static str, &'static str)>,
    /// The resolutions, if it can be settled.
    resolutions: Vec<(&'static str, &'static str)>,
    key: String,
    note: String,
    resolution: String,
    problems: Vec<Problem>,
    /// Whether something was found in the note that can be confirmed to be none.
    can_confirm: bool,
}

#[derive(Template)]
#[template(path = "flag.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    address: String,
    kind: &'static str,
    class: &'static str,
    weight: Weight,
    state: &'static str,
    resolution: Option<&'static str>,
    since: String,
    holds: bool,
    organizations: Vec<String>,
    title: &'static str,
    why: &'static str,
    settled_by: &'static str,
    because: Vec<String>,
    lines: Vec<LineShown>,
    commitments: Vec<CommitmentLine>,
    leads: Vec<LeadLine>,
    positions: Vec<PositionLine>,
    history: Vec<Past>,
    form: Option<Form>,
}

impl Page {
    /// Below which the pages of armed actors are.
    fn actors(&self) -> String {
        format!("/operations/{}/armed-actors", self.frame.key())
    }
}

/// The flag.
pub fn show(visit: &Visit) -> Result<Reply> {
    let found = flags::get(&visit.app, visit.person()?, visit.operation(), visit.id()?)?;
    page(visit, found, &[])
}

/// Takes a step, and shows the flag again.
pub fn step(visit: &Visit) -> Result<Reply> {
    let (person, operation, id) = (visit.person()?, visit.operation(), visit.id()?);
    let body = step_of(visit);
    let sent = Sent { body: &body, idempotency_key: visit.field("key") };
    let taken = Taken::read(&visit.app, &body)
        .and_then(|taken| flags::step(&visit.app, person, operation, id, (&taken, sent)));
    match taken {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(Error::Invalid(faults)) => {
            page(visit, flags::get(&visit.app, person, operation, id)?, &faults)
        }
        Err(error) => Err(error.into()),
    }
}

/// The step that a form says, as the API takes it.
fn step_of(visit: &Visit) -> Value {
    let state = visit.field("state");
    let note = visit.field("note").map(|note| note.replace("\r\n", "\n"));
    // It stands in the form whichever step is taken.
    let settles = state == Some(FlagState::Resolved.code());
    let resolution = visit.field("resolution").filter(|_| settles);
    let mut body = json!({ "state": state });
    for (name, value) in [("note", note.as_deref()), ("resolution", resolution)] {
        if let Some(value) = value {
            body[name] = value.into();
        }
    }
    if visit.field("confirm_text").is_some() {
        body["confirm_text"] = true.into();
    }
    body
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/flags/{}", visit.operation(), visit.part("id"))
}

fn page(visit: &Visit, found: FlagWithHistory, faults: &[Fault]) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let FlagWithHistory { flag, steps } = found;
    let behind = sides(&visit.app, visit.person()?, visit.operation(), &flag.between)?;
    let Sides { lines, commitments, leads, positions } = behind;
    let may_step = may(&entered, Action::StepFlag);
    let form = flag.state.filter(|_| may_step).and_then(|state| form(visit, state, faults));
    let page = Page {
        w,
        // A step is sent to another address, at which nothing is shown.
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        address: address(visit),
        kind: w.of(flag.kind),
        class: w.of(flag.class),
        weight: Weight::of(w, flag.severity),
        state: flag.state.map_or("", |state| w.of(state)),
        resolution: flag.resolution.map(|resolution| w.of(resolution)),
        since: flag.raised_at.map(|at| w.day(at.date())).unwrap_or_default(),
        holds: flag.holds,
        organizations: names_of(&flag),
        title: flag.about.title,
        why: flag.about.why,
        settled_by: flag.about.settled_by,
        because: flag.because.into_iter().map(|(_, sentence)| sentence).collect(),
        lines: lines.into_iter().map(|line| LineShown::of(w, line)).collect(),
        commitments: commitments.into_iter().map(|(_, commitment)| commitment).collect(),
        leads,
        positions,
        history: steps.into_iter().rev().map(|step| past(w, step)).collect(),
        form,
    };
    let is_wrong = !faults.is_empty();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Reply::with_status(status, &page)
}

fn past(w: Words, (step, by): (Step, Option<String>)) -> Past {
    Past {
        day: w.day(step.at.date()),
        by,
        to: w.of(step.to),
        resolution: step.resolution.map(|resolution| w.of(resolution)),
        note: step.note,
        cause: step.cause.map(|cause| cause.sentence(w.language)),
    }
}

/// The steps that a flag can take from a state; none if it takes none.
fn form(visit: &Visit, from: FlagState, faults: &[Fault]) -> Option<Form> {
    let w = visit.words;
    let leads_to = |to: FlagState| {
        let resolution = (to == FlagState::Resolved).then_some(Resolution::NotAProblem);
        check_step(from, to, resolution).is_ok()
    };
    let named = |to: FlagState| {
        let name = match to {
            FlagState::Open => "flag.to_open",
            FlagState::Acknowledged => "flag.to_acknowledged",
            FlagState::Coordinating => "flag.to_coordinating",
            FlagState::Resolved | FlagState::Lapsed => return None,
        };
        Some((to.code(), w.text(name)))
    };
    let all = FlagState::ALL.iter().copied().filter(|to| leads_to(*to));
    let states: Vec<_> = all.filter_map(named).collect();
    let settled = if leads_to(FlagState::Resolved) { Resolution::ALL } else { &[] };
    let resolutions: Vec<_> = settled.iter().map(|each| (each.code(), w.of(*each))).collect();
    if states.is_empty() && resolutions.is_empty() {
        return None;
    }
    Some(Form {
        states,
        resolutions,
        key: visit.new_key(),
        note: visit.field("note").unwrap_or_default().to_owned(),
        resolution: visit.field("resolution").unwrap_or_default().to_owned(),
        problems: Problem::each(w, faults),
        can_confirm: faults.iter().any(|fault| fault.finding.is_some()),
    })
}
