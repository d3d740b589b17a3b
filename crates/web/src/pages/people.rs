//! The people of an operation whom the visitor answers for: who is there, inviting, removing.

use std::collections::HashMap;

use askama::Template;
use concord_app::{
    access::Entered,
    auth::INVITATION_DAYS,
    once::Sent,
    people::{self, Invited, PersonInOperation},
};
use concord_domain::{
    document::Organization,
    fault::FaultCode,
    policy::{Action, Decision, decide},
    vocabulary::{Closed, Role},
};

use super::kept;
use crate::{
    form::{self, Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// Somebody, in words.
struct Line {
    name: String,
    login: String,
    role: &'static str,
    organization: Option<String>,
    is_invited: bool,
    /// Where the form that removes them goes.
    removal: String,
}

#[derive(Template)]
#[template(path = "people.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    lines: Vec<Line>,
    form: Form,
}

#[derive(Template)]
#[template(path = "invited.html", whitespace = "minimize")]
struct InvitedPage {
    w: Words,
    frame: Frame,
    /// Where one goes on.
    on: String,
    name: String,
    login: String,
    /// What is handed to that person; none if it was told before.
    code: Option<String>,
    days: usize,
}

/// What is shown once of somebody who was invited.
pub fn invited(
    visit: &Visit,
    on: &str,
    (person, code): (PersonInOperation, Option<String>),
) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let on = format!("/operations/{}/{on}", entered.key);
    Reply::page(&InvitedPage {
        w: visit.words,
        frame: Frame { here: on.clone(), ..Frame::within(visit, &entered) },
        on,
        name: person.name,
        login: person.login,
        code,
        days: usize::try_from(INVITATION_DAYS).unwrap_or_default(),
    })
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/people", visit.operation())
}

/// The people.
pub fn list(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Invites somebody, and shows the code once.
pub fn invite(visit: &Visit) -> Result<Reply> {
    let Some(role) = visit.field("role").and_then(Role::from_code) else {
        let refused = Refused::at("role", FaultCode::Missing, "a role is chosen from the list");
        return page(visit, Some(refused));
    };
    let text = |name| visit.field(name).unwrap_or_default().to_owned();
    let organization = visit.field("organization").map(str::to_owned);
    let invited = Invited { login: text("login"), name: text("name"), role, organization };
    let members = ["login", "name", "role", "organization"];
    let body = form::body(visit, &members, &[]);
    let sent = Sent { body: &body, idempotency_key: form::once(visit) };
    let (person, operation) = (visit.person()?, visit.operation());
    match people::invite(&visit.app, person, operation, (&invited, sent)) {
        Ok(made) => self::invited(visit, "people", made),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

/// Ends what somebody is in the operation.
pub fn remove(visit: &Visit) -> Result<Reply> {
    people::remove(&visit.app, visit.person()?, visit.operation(), visit.id()?)?;
    Ok(Reply::go_to(address(visit)))
}

/// As what the visitor can invite somebody at all.
fn roles(entered: &Entered) -> Vec<Role> {
    let keeps_own = entered
        .organizations
        .iter()
        .any(|own| decide(&entered.caller, Action::KeepPeople, Some(*own)) == Decision::Allow);
    let keeps_offices = may(entered, Action::KeepOffices);
    let can_invite = |role: &Role| match role {
        Role::Member => keeps_own,
        Role::FocalPoint => keeps_own || may(entered, Action::InviteFirstFocalPoint),
        Role::Desk | Role::Auditor | Role::Administrator => keeps_offices,
    };
    Role::ALL.iter().copied().filter(can_invite).collect()
}

/// The organisations for which the visitor can invite somebody, with their names.
fn organizations(visit: &Visit, entered: &Entered) -> Result<Vec<(String, String)>> {
    let mut all = kept::names::<Organization>(visit)?;
    if !may(entered, Action::InviteFirstFocalPoint) {
        let own: Vec<String> = entered.organizations.iter().map(|id| id.0.to_string()).collect();
        all.retain(|(id, _)| own.contains(id));
    }
    Ok(all)
}

fn form(visit: &Visit, entered: &Entered) -> Result<Form> {
    let w = visit.words;
    let organizations = organizations(visit, entered)?;
    let mut choices = form::named(visit, "organization", &organizations);
    if let [only] = choices.as_mut_slice() {
        only.is_chosen = visit.typed("organization").is_none() || only.is_chosen;
    }
    let field = |name, label, kind| Field::new(visit, name, label, kind);
    let organization = field("organization", "people.organization", Kind::One(choices));
    Ok(Form::new(visit, address(visit), "people.do")
        .with(field("name", "people.name", Kind::Line(200)))
        .with(field("login", "people.login", Kind::Code(100)).about(w.text("people.login_about")))
        .with(field("role", "people.role", form::closed(visit, "role", &roles(entered))))
        .with_any(organization.about(w.text("people.organization_about")).optional()))
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let found = people::list(&visit.app, visit.person()?, visit.operation())?;
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let names: HashMap<String, String> = kept::names::<Organization>(visit)?.into_iter().collect();
    let here = address(visit);
    let line = |person: PersonInOperation| Line {
        removal: format!("{here}/{}/remove", person.id),
        name: person.name,
        login: person.login,
        role: w.of(person.role),
        organization: person.organization.and_then(|id| names.get(&id.0.to_string()).cloned()),
        is_invited: person.is_invited,
    };
    let lines = found.into_iter().map(line).collect();
    let frame = Frame { here: here.clone(), ..Frame::within(visit, &entered) };
    let form = form(visit, &entered)?.refused(w, refused);
    form.answer(|form| Page { w, frame, lines, form })
}
