//! Passkeys: bringing them in, signing in with one, and proving by one that it is oneself.

use std::collections::BTreeMap;

use actix_web::http::Method;
use concord_app::{
    Error,
    auth::{self, KeptPasskey, Made, Shown},
};
use concord_domain::fault::{Fault, FaultCode, Pointer};
use serde_json::{Map, Value, json};

use super::{Route, Schema, people::texts, signing_in::token};
use crate::{
    call::{Answer, Call, Result},
    views::time,
};

/// The longest part of what a browser answers, in characters.
const PART_CHARS_MAX: usize = 16_384;

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = signing_in();
    routes.extend(oneself());
    routes.extend(steps());
    routes
}

/// What a browser answers when a passkey is shown, as an example.
fn shown_example() -> Value {
    json!({"credential": {
        "rawId": "mB3x…",
        "response": {
            "clientDataJSON": "eyJ0…",
            "authenticatorData": "SZYN…",
            "signature": "MEUC…",
            "userHandle": "AAAA…",
        },
    }})
}

fn signing_in() -> Vec<Route> {
    let path = "/v1/sign-in/passkey";
    vec![
        Route::new(
            Method::POST,
            path,
            ("begin_passkey_sign_in", "signing in"),
            "Begin to sign in with a passkey",
            begin_sign_in,
        )
        .about(
            "No login is asked: the device knows whose passkeys it has. In a page at an address of \
             this installation give `options` to `PublicKeyCredential.parseRequestOptionsFromJSON`, \
             what that makes to `navigator.credentials.get` as `publicKey`, and send what comes of \
             it, by its `toJSON`, to POST /v1/sign-in/passkey/credential within five minutes.",
        )
        .open()
        .answers(200, Schema::named("PasskeyRequest")),
        Route::new(
            Method::POST,
            format!("{path}/credential"),
            ("sign_in_with_passkey", "signing in"),
            "Sign in with a passkey",
            sign_in,
        )
        .about(
            "The device has asked its person for a PIN, a finger or a face: no second factor is \
             asked for, and it is a fresh proof. What is sent is good once. It is not said what is \
             wrong, nor whether anybody has such a passkey.",
        )
        .open()
        .body(Schema::named("PasskeyAnswer"), shown_example())
        .answers(200, Schema::named("Token")),
    ]
}

fn oneself() -> Vec<Route> {
    let (path, tag) = ("/v1/me/passkeys", "signing in");
    vec![
        Route::new(Method::GET, path, ("list_passkeys", tag), "List your passkeys", list)
            .about("Nothing is known of the devices but what you call them.")
            .answers(200, Schema::ListOf("Passkey".to_owned())),
        Route::new(
            Method::POST,
            format!("{path}/options"),
            ("begin_passkey", tag),
            "Begin to bring in a passkey",
            begin,
        )
        .about(
            "In a page at an address of this installation give `options` to \
             `PublicKeyCredential.parseCreationOptionsFromJSON`, what that makes to \
             `navigator.credentials.create` as `publicKey`, and send what comes of it, by its \
             `toJSON`, to POST /v1/me/passkeys within five minutes, in the same session.",
        )
        .answers(200, Schema::named("PasskeyCreation")),
        Route::new(
            Method::POST,
            path,
            ("add_passkey", tag),
            "Bring in a passkey that your device has made",
            add,
        )
        .about(
            "From now on you can sign in with it alone. It goes when you remove it, and with a new \
             password. Your password goes on to sign you in as it did.",
        )
        .body(
            Schema::named("NewPasskey"),
            json!({"name": "Field laptop", "credential": {
                "rawId": "mB3x…",
                "response": {"clientDataJSON": "eyJ0…", "attestationObject": "o2Nm…"},
            }}),
        )
        .answers(201, Schema::named("Passkey")),
        Route::new(
            Method::PATCH,
            format!("{path}/{{id}}"),
            ("rename_passkey", tag),
            "Call one of your passkeys something else",
            rename,
        )
        .body(Schema::named("RenamedPasskey"), json!({"name": "Office laptop"}))
        .answers(200, Schema::named("Passkey")),
        Route::new(
            Method::DELETE,
            format!("{path}/{{id}}"),
            ("remove_passkey", tag),
            "Remove one of your passkeys: nobody signs in with it any more",
            remove,
        )
        .about("Sessions that began with it go on; end them at /v1/me/sessions.")
        .answers_nothing(),
    ]
}

fn steps() -> Vec<Route> {
    let path = "/v1/tokens/step-up/passkey";
    vec![
        Route::new(
            Method::POST,
            path,
            ("begin_passkey_step_up", "signing in"),
            "Begin to prove by a passkey that it is you",
            begin_step_up,
        )
        .about(
            "`options` are for `navigator.credentials.get`, as those of POST /v1/sign-in/passkey \
             are. Send what comes of it to POST /v1/tokens/step-up/passkey/credential, in the same \
             session.",
        )
        .answers(200, Schema::named("PasskeyRequest")),
        Route::new(
            Method::POST,
            format!("{path}/credential"),
            ("step_up_with_passkey", "signing in"),
            "Prove by a passkey that it is you, as POST /v1/tokens/step-up does by a code",
            step_up,
        )
        .body(Schema::named("PasskeyAnswer"), shown_example())
        .answers_nothing(),
    ]
}

/// The schemas of what has no type of its own.
pub fn schemas() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("passkeys.json")).unwrap_or_default()
}

/// What a browser is to be asked.
fn asked(options: &Value) -> Answer {
    Answer::json(&json!({"options": options, "expires_in": auth::PASSKEY_SECONDS}))
}

fn passkey(passkey: &KeptPasskey) -> Value {
    json!({
        "id": passkey.id,
        "name": passkey.name,
        "made_at": time(passkey.made_at),
        "used_at": passkey.used_at.map(time),
    })
}

/// What is read of a body, with all its faults. What a browser made may hold more than is named here.
#[derive(Default)]
struct Reading {
    faults: Vec<Fault>,
}

impl Reading {
    /// The members of the body, which has no others than these.
    fn body<'v>(&mut self, body: &'v Value, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let members = self.object(Some(body), &Pointer::ROOT)?;
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            let detail = "there is no such member here";
            let at = Pointer::ROOT;
            self.faults.push(Fault::new(&at.member(name), FaultCode::UnknownMember, detail));
        }
        Some(members)
    }

    fn object<'v>(
        &mut self,
        value: Option<&'v Value>,
        at: &Pointer<'_>,
    ) -> Option<&'v Map<String, Value>> {
        let (code, detail) = match value {
            Some(Value::Object(members)) => return Some(members),
            None => (FaultCode::Missing, "this is needed"),
            Some(_) => (FaultCode::WrongType, "an object is expected here"),
        };
        self.faults.push(Fault::new(at, code, detail));
        None
    }

    /// A text that is needed; empty if it is none.
    fn text<'v>(&mut self, members: Members<'v, '_>, name: &str) -> &'v str {
        if members.0.is_some_and(|there| !there.contains_key(name)) {
            let at = members.1.member(name);
            self.faults.push(Fault::new(&at, FaultCode::Missing, format!("`{name}` is needed")));
            return "";
        }
        self.text_or_null(members, name).unwrap_or_default()
    }

    /// A text, if there is one.
    fn text_or_null<'v>(&mut self, members: Members<'v, '_>, name: &str) -> Option<&'v str> {
        let at = members.1.member(name);
        match members.0?.get(name)? {
            Value::String(text) if text.chars().count() <= PART_CHARS_MAX => Some(text),
            Value::String(_) => {
                let detail = format!("at most {PART_CHARS_MAX} characters are expected here");
                self.faults.push(Fault::new(&at, FaultCode::TooLong, detail));
                None
            }
            _ => {
                self.faults.push(Fault::new(&at, FaultCode::WrongType, "a text is expected here"));
                None
            }
        }
    }

    fn done(self) -> Result<()> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults).into()) }
    }
}

/// The members of an object, if it is one, and where it stands.
type Members<'v, 'p> = (Option<&'v Map<String, Value>>, &'p Pointer<'p>);

/// What every device says of a passkey: what it calls it, what it was asked; and what is said besides.
fn credential<'c, T>(
    reading: &mut Reading,
    body: Option<&'c Map<String, Value>>,
    besides: impl FnOnce(&mut Reading, Members<'c, '_>) -> T,
) -> (&'c str, &'c str, T) {
    let root = Pointer::ROOT;
    let at = root.member("credential");
    let credential = body.and_then(|body| reading.object(body.get("credential"), &at));
    let raw_id = reading.text((credential, &at), "rawId");
    let below = at.member("response");
    let response = credential.and_then(|members| reading.object(members.get("response"), &below));
    let client_data = reading.text((response, &below), "clientDataJSON");
    (raw_id, client_data, besides(reading, (response, &below)))
}

fn made<'c>(call: &'c Call) -> Result<(&'c str, Made<'c>)> {
    let mut reading = Reading::default();
    let body = reading.body(&call.body, &["name", "credential"]);
    let name = reading.text((body, &Pointer::ROOT), "name");
    let (raw_id, client_data, attestation) = credential(&mut reading, body, |reading, response| {
        reading.text(response, "attestationObject")
    });
    reading.done()?;
    Ok((name, Made { raw_id, client_data, attestation }))
}

fn shown<'c>(call: &'c Call) -> Result<Shown<'c>> {
    let mut reading = Reading::default();
    let body = reading.body(&call.body, &["credential"]);
    let (raw_id, client_data, (authenticator_data, signature, user_handle)) =
        credential(&mut reading, body, |reading, response| {
            let authenticator_data = reading.text(response, "authenticatorData");
            let signature = reading.text(response, "signature");
            let user_handle = match response.0.and_then(|members| members.get("userHandle")) {
                None | Some(Value::Null) => None,
                Some(_) => reading.text_or_null(response, "userHandle"),
            };
            (authenticator_data, signature, user_handle)
        });
    reading.done()?;
    Ok(Shown { raw_id, client_data, authenticator_data, signature, user_handle })
}

fn begin_sign_in(call: &Call) -> Result<Answer> {
    Ok(asked(&auth::begin_passkey_sign_in(&call.app)?))
}

fn sign_in(call: &Call) -> Result<Answer> {
    Ok(token(&auth::sign_in_by_passkey(&call.app, &shown(call)?)?))
}

fn list(call: &Call) -> Result<Answer> {
    let all = auth::passkeys(&call.app, call.person()?)?;
    let items: Vec<Value> = all.iter().map(passkey).collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn begin(call: &Call) -> Result<Answer> {
    Ok(asked(&auth::begin_passkey(&call.app, call.person()?)?))
}

fn add(call: &Call) -> Result<Answer> {
    let person = call.person()?;
    let (name, made) = made(call)?;
    let added = auth::add_passkey(&call.app, person, name, &made)?;
    Ok(Answer::created(&passkey(&added), call.below(added.id)))
}

fn rename(call: &Call) -> Result<Answer> {
    let [name] = texts(call, ["name"])?.map(Option::unwrap_or_default);
    let renamed = auth::rename_passkey(&call.app, call.person()?, call.id()?, &name)?;
    Ok(Answer::json(&passkey(&renamed)))
}

fn remove(call: &Call) -> Result<Answer> {
    auth::remove_passkey(&call.app, call.person()?, call.id()?)?;
    Ok(Answer::nothing())
}

fn begin_step_up(call: &Call) -> Result<Answer> {
    Ok(asked(&auth::begin_passkey_step_up(&call.app, call.person()?)?))
}

fn step_up(call: &Call) -> Result<Answer> {
    auth::step_up_by_passkey(&call.app, call.person()?, &shown(call)?)?;
    Ok(Answer::nothing())
}
