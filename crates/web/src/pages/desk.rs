//! Who is on the desk, and changing that by two: one proposes, another confirms.

use askama::Template;
use concord_app::{
    desk_changes::{self, Change, Waiting},
    once::Sent,
    people::{self, PersonInOperation},
};
use concord_domain::policy::Action;
use serde_json::json;

use super::people::invited;
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A change that waits, in words.
struct Proposed {
    /// Where the form goes that withdraws it, or confirms it.
    address: String,
    /// Whether somebody is to join, and not to leave.
    joins: bool,
    who: String,
    by: String,
    closes: String,
    /// Whether the visitor proposed it.
    is_own: bool,
    /// What the form of it carries.
    once: String,
}

/// Somebody on the desk.
struct Line {
    name: String,
    login: String,
    is_invited: bool,
    /// Where the form goes that proposes that they leave.
    removal: String,
}

#[derive(Template)]
#[template(path = "desk.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    people: Vec<Line>,
    waiting: Vec<Proposed>,
    /// Whether the first is invited without a second person.
    invites_first: bool,
    form: Form,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/desk", visit.operation())
}

/// Who is on it, and what waits.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Proposes that somebody joins it.
pub fn propose(visit: &Visit) -> Result<Reply> {
    let text = |name| visit.field(name).unwrap_or_default().to_owned();
    proposed(visit, &Change::Add { login: text("login"), name: text("name") })
}

/// Proposes that somebody leaves it.
pub fn propose_removal(visit: &Visit) -> Result<Reply> {
    proposed(visit, &Change::Remove(visit.id()?))
}

fn proposed(visit: &Visit, change: &Change) -> Result<Reply> {
    let body = match change {
        Change::Add { login, name } => json!({"change": "add", "login": login, "name": name}),
        Change::Remove(id) => json!({"change": "remove", "person": id}),
    };
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    let (person, operation) = (visit.person()?, visit.operation());
    match desk_changes::propose(&visit.app, person, operation, (change, sent)) {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

/// Confirms what another proposed, and does it; who joins is invited, and the code shown once.
pub fn confirm(visit: &Visit) -> Result<Reply> {
    let body = json!({});
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    let (person, operation) = (visit.person()?, visit.operation());
    let done = desk_changes::confirm(&visit.app, person, operation, (visit.id()?, sent))?;
    match done.joined {
        Some(joined) => invited(visit, "desk", (joined, done.invitation_code)),
        None => Ok(Reply::go_to(address(visit))),
    }
}

/// Withdraws what the visitor proposed.
pub fn withdraw(visit: &Visit) -> Result<Reply> {
    desk_changes::withdraw(&visit.app, visit.person()?, visit.operation(), visit.id()?)?;
    Ok(Reply::go_to(address(visit)))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let (app, person, operation) = (&visit.app, visit.person()?, visit.operation());
    let people = desk_changes::people(app, person, operation)?;
    let waiting = desk_changes::list(app, person, operation)?.into_iter();
    let entered = frame::enter(visit)?;
    let here = address(visit);
    let (w, own) = (visit.words, people::me(app, person)?.account.id);
    let shown = |Waiting { proposed, proposed_by, leaving }: Waiting| {
        let is_own = proposed.account == own;
        let (joins, who) = match proposed.change {
            Change::Add { login, name } => (true, format!("{name} ({login})")),
            Change::Remove(_) => (false, leaving.map(|person| person.name).unwrap_or_default()),
        };
        Proposed {
            address: format!(
                "{here}/changes/{}/{}",
                proposed.id,
                if is_own { "withdrawal" } else { "confirmation" }
            ),
            joins,
            who,
            by: proposed_by.unwrap_or_default(),
            closes: w.day(proposed.closes_on),
            is_own,
            once: visit.new_key(),
        }
    };
    let waiting = waiting.map(shown).collect();
    let line = |person: PersonInOperation| Line {
        removal: format!("{here}/people/{}/removal", person.id),
        name: person.name,
        login: person.login,
        is_invited: person.is_invited,
    };
    let people: Vec<Line> = people.into_iter().map(line).collect();
    let login = Field::new(visit, "login", "people.login", Kind::Code(100));
    let form = Form::new(visit, format!("{here}/changes"), "desk.do")
        .with(Field::new(visit, "name", "people.name", Kind::Line(200)))
        .with(login.about(w.text("people.login_about")))
        .refused(w, refused);
    let invites_first = people.is_empty() && may(&entered, Action::KeepOffices);
    let frame = Frame { here, ..Frame::within(visit, &entered) };
    form.answer(|form| Page { w, frame, people, waiting, invites_first, form })
}
