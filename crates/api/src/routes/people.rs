//! The people of an operation.

use actix_web::http::Method;
use concord_app::{
    Error,
    once::Sent,
    people::{self, Invited},
};
use concord_domain::{
    fault::{Fault, FaultCode, Pointer},
    vocabulary::{Closed, Role},
};
use serde_json::{Value, json};

use super::{Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{Person, each},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            within("people"),
            ("list_people", "people"),
            "List the people whom you answer for",
            list,
        )
        .answers(200, Schema::ListOf("Person".to_owned())),
        Route::new(
            Method::POST,
            within("people"),
            ("invite", "people"),
            "Invite somebody into the operation",
            invite,
        )
        .takes_key()
        .about("The code of the invitation is told once; hand it to that person and nobody else.")
        .body(
            Schema::named("NewPerson"),
            json!({"login": "field@rtw.example", "name": "Field adviser", "role": "member", "organization": "rtw"}),
        )
        .answers(201, Schema::named("InvitedPerson")),
        Route::new(
            Method::DELETE,
            within("people/{id}"),
            ("remove_person", "people"),
            "End what somebody is in the operation",
            remove,
        )
        .answers_nothing(),
    ]
}

/// The members of a body that are texts, each needed unless its name ends in a question mark.
pub fn texts<const N: usize>(call: &Call, members: [&str; N]) -> Result<[Option<String>; N]> {
    let root = Pointer::ROOT;
    let mut faults = Vec::new();
    let Some(object) = call.body.as_object() else {
        let fault = Fault::new(&root, FaultCode::WrongType, "an object is expected here");
        return Err(Error::Invalid(vec![fault]).into());
    };
    for name in object.keys() {
        if !members.iter().any(|member| member.trim_end_matches('?') == name) {
            let detail = "there is no such member here";
            faults.push(Fault::new(&root.member(name), FaultCode::UnknownMember, detail));
        }
    }
    let read = members.map(|member| {
        let name = member.trim_end_matches('?');
        match object.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            None | Some(Value::Null) if member.ends_with('?') => None,
            None | Some(Value::Null) => {
                let detail = format!("`{name}` is needed");
                faults.push(Fault::new(&root.member(name), FaultCode::Missing, detail));
                None
            }
            Some(_) => {
                let detail = "a text is expected here";
                faults.push(Fault::new(&root.member(name), FaultCode::WrongType, detail));
                None
            }
        }
    });
    if faults.is_empty() { Ok(read) } else { Err(Error::Invalid(faults).into()) }
}

fn list(call: &Call) -> Result<Answer> {
    let found = people::list(&call.app, call.person()?, call.operation())?;
    Ok(Answer::json(&json!({"items": each::<_, Person>(found)})))
}

fn invite(call: &Call) -> Result<Answer> {
    let [login, name, role, organization] =
        texts(call, ["login", "name", "role", "organization?"])?;
    let role = role.unwrap_or_default();
    let Some(role) = Role::from_code(&role) else {
        let codes: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        let detail = format!("a role is one of {}", codes.join(", "));
        return Err(Error::at("role", FaultCode::UnknownCode, detail).into());
    };
    let invited = Invited {
        login: login.unwrap_or_default(),
        name: name.unwrap_or_default(),
        role,
        organization,
    };
    let (person, code) = {
        let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
        people::invite(&call.app, call.person()?, call.operation(), (&invited, sent))?
    };
    let id = call.below(person.id);
    let body = json!({"person": Person::from(person), "invitation_code": code});
    Ok(Answer::created(&body, id))
}

fn remove(call: &Call) -> Result<Answer> {
    people::remove(&call.app, call.person()?, call.operation(), call.id()?)?;
    Ok(Answer::nothing())
}
