//! Signing in, and the people of an operation.

use actix_web::http::Method;
use concord_app::{
    Error, auth,
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
    let mut routes = signing_in();
    routes.extend(of_operation());
    routes
}

fn signing_in() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/tokens", ("sign_in", "signing in"), "Sign in", sign_in)
            .about("The token holds for half an hour. Send it as `Authorization: Bearer …`.")
            .open()
            .body(
                Schema::named("NewToken"),
                json!({"login": "adviser@rtw.example", "password": "a long pass phrase"}),
            )
            .answers(200, Schema::named("Token")),
        Route::new(
            Method::DELETE,
            "/v1/tokens",
            ("sign_out", "signing in"),
            "Sign out everywhere",
            sign_out,
        )
        .answers_nothing(),
        Route::new(
            Method::POST,
            "/v1/invitations",
            ("accept_invitation", "signing in"),
            "Take up an invitation: choose a password, and be signed in",
            accept,
        )
        .open()
        .body(
            Schema::named("AcceptedInvitation"),
            json!({"code": "0f3a…", "password": "a long pass phrase"}),
        )
        .answers(200, Schema::named("Token")),
        Route::new(Method::GET, "/v1/me", ("me", "signing in"), "Read who you are", me)
            .answers(200, Schema::named("Me")),
    ]
}

fn of_operation() -> Vec<Route> {
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
fn texts<const N: usize>(call: &Call, members: [&str; N]) -> Result<[Option<String>; N]> {
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

fn token(token: &auth::Token) -> Answer {
    Answer::json(&json!({
        "access_token": token.access_token,
        "token_type": "Bearer",
        "expires_in": token.expires_in,
    }))
}

fn sign_in(call: &Call) -> Result<Answer> {
    let [login, password] = texts(call, ["login", "password"])?.map(Option::unwrap_or_default);
    Ok(token(&auth::sign_in(&call.app, &login, &password)?))
}

fn sign_out(call: &Call) -> Result<Answer> {
    auth::sign_out(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}

fn accept(call: &Call) -> Result<Answer> {
    let [code, password] = texts(call, ["code", "password"])?.map(Option::unwrap_or_default);
    Ok(token(&auth::accept_invitation(&call.app, &code, &password)?))
}

fn me(call: &Call) -> Result<Answer> {
    let me = people::me(&call.app, call.person()?)?;
    let memberships: Vec<Value> = me
        .memberships
        .into_iter()
        .map(|(id, key, role, organization)| {
            json!({
                "operation": id,
                "operation_key": key,
                "role": role.code(),
                "organization": organization.map(|id| id.0),
            })
        })
        .collect();
    Ok(Answer::json(&json!({
        "id": me.account.id,
        "login": me.account.login,
        "name": me.account.name,
        "administrator": me.account.is_administrator,
        "memberships": memberships,
    })))
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
        let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key()? };
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
