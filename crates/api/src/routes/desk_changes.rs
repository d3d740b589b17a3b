//! Who is on the desk, and changing that by two.

use actix_web::http::Method;
use concord_app::{
    Error,
    desk_changes::{self, Change, Waiting},
    once::Sent,
};
use concord_domain::fault::FaultCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Route, Schema, people::texts, within};
use crate::{
    call::{Answer, Call, Result},
    views::{Person, each, time},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    let (changes, one) = (within("desk/changes"), format!("{}/{{id}}", within("desk/changes")));
    let tag = "people";
    vec![
        Route::new(
            Method::GET,
            within("desk"),
            ("list_desk", tag),
            "List who is on the desk",
            people,
        )
        .answers(200, Schema::ListOf("Person".to_owned())),
        Route::new(
            Method::GET,
            &changes,
            ("list_desk_changes", tag),
            "List the changes of who is on the desk that wait for another to confirm them",
            list,
        )
        .answers(200, Schema::ListOf("DeskChange".to_owned())),
        Route::new(
            Method::POST,
            &changes,
            ("propose_desk_change", tag),
            "Propose that somebody joins the desk or leaves it",
            propose,
        )
        .about(
            "It is done once another of the desk confirms it, within 7 days. While one person alone \
             is on the desk, an administrator stands in for the second.",
        )
        .takes_key()
        .body(
            Schema::named("NewDeskChange"),
            json!({"change": "add", "login": "second@desk.example", "name": "Second at the desk"}),
        )
        .answers(201, Schema::named("DeskChange")),
        Route::new(
            Method::POST,
            format!("{one}/confirmation"),
            ("confirm_desk_change", tag),
            "Confirm a change that another proposed, and do it",
            confirm,
        )
        .takes_key()
        .answers(200, Schema::named("ConfirmedDeskChange")),
        Route::new(
            Method::DELETE,
            &one,
            ("withdraw_desk_change", tag),
            "Withdraw a change that waits",
            withdraw,
        )
        .answers_nothing(),
    ]
}

fn people(call: &Call) -> Result<Answer> {
    let found = desk_changes::people(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&json!({"items": each::<_, Person>(found)})))
}

fn list(call: &Call) -> Result<Answer> {
    let found = desk_changes::list(&call.app, call.person()?, call.operation())?;
    let items: Vec<Value> = found.into_iter().map(shown).collect();
    Ok(Answer::json(&json!({"items": items})))
}

fn shown(waiting: Waiting) -> Value {
    let Waiting { proposed, proposed_by, leaving } = waiting;
    let (change, login, name) = match proposed.change {
        Change::Add { login, name } => ("add", Some(login), Some(name)),
        Change::Remove(_) => ("remove", None, None),
    };
    json!({
        "id": proposed.id,
        "change": change,
        "login": login,
        "name": name,
        "person": leaving.map(Person::from),
        "proposed_by": proposed_by,
        "proposed_at": time(proposed.at),
        "closes_on": proposed.closes_on.to_string(),
    })
}

fn propose(call: &Call) -> Result<Answer> {
    let change = read(call)?;
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let made = desk_changes::propose(&call.app, call.person()?, call.operation(), (&change, sent))?;
    let at = call.below(made.proposed.id);
    Ok(Answer::created(&shown(made), at))
}

fn read(call: &Call) -> Result<Change> {
    let [change, login, name, person] = texts(call, ["change", "login?", "name?", "person?"])?;
    let wrong = |member: &str, code, detail: &str| Err(Error::at(member, code, detail).into());
    match (change.unwrap_or_default().as_str(), login, name, person) {
        ("add", Some(login), Some(name), None) => Ok(Change::Add { login, name }),
        ("add", ..) => {
            let detail = "who is to join has a `login` and a `name`, and no `person`";
            wrong("login", FaultCode::Inconsistent, detail)
        }
        ("remove", None, None, Some(person)) => match Uuid::parse_str(&person) {
            Ok(id) => Ok(Change::Remove(id)),
            Err(_) => wrong("person", FaultCode::Malformed, "an id is expected here"),
        },
        ("remove", ..) => {
            let detail = "who is to leave is a `person`, by id, and nothing else";
            wrong("person", FaultCode::Inconsistent, detail)
        }
        _ => wrong("change", FaultCode::UnknownCode, "a change is `add` or `remove`"),
    }
}

fn confirm(call: &Call) -> Result<Answer> {
    let (person, operation, id) = (call.person()?, call.operation(), call.id()?);
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let done = desk_changes::confirm(&call.app, person, operation, (id, sent))?;
    Ok(Answer::json(&json!({
        "person": done.joined.map(Person::from),
        "invitation_code": done.invitation_code,
    })))
}

fn withdraw(call: &Call) -> Result<Answer> {
    desk_changes::withdraw(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::nothing())
}
