//! Signing in at an identity provider, and what it knows one by.

use actix_web::http::Method;
use concord_app::{Error, auth};
use concord_domain::{credential::SentFor, fault::FaultCode, vocabulary::Closed};
use serde_json::{Value, json};

use super::{Route, Schema, people::texts, signing_in::step};
use crate::{
    call::{Answer, Call, Result},
    views::time,
};

/// The longest text that comes back from an identity provider, in characters.
const RETURNED_CHARS_MAX: usize = 4_096;

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = signing_in();
    routes.extend(oneself());
    routes
}

/// What comes back, as an example.
fn returned() -> Value {
    json!({"state": "b2f0…", "secret": "5c1e…", "code": "SplxlOBeZQQ"})
}

fn signing_in() -> Vec<Route> {
    let path = "/v1/sign-in/oidc";
    vec![
        Route::new(
            Method::POST,
            path,
            ("begin_oidc_sign_in", "signing in"),
            "Begin to sign in at the identity provider",
            begin_sign_in,
        )
        .about(
            "Send the person to `authorization_url`, and keep `secret`: the provider never learns \
             it, and nobody comes back without it. Within ten minutes the provider sends them back \
             to the redirect URI of this installation, with `state`, `code` and most often `iss`: \
             send those, and the secret, to POST /v1/sign-in/oidc/callback.",
        )
        .open()
        .answers(200, Schema::named("SentElsewhere")),
        Route::new(
            Method::POST,
            format!("{path}/callback"),
            ("finish_oidc_sign_in", "signing in"),
            "Sign in with what came back from the identity provider",
            finish_sign_in,
        )
        .about(
            "Signs in who has linked what they are there to their account, and nobody else. With \
             `invitation`, its account is taken up, and linked, without a password. The second \
             factor is asked for as after a password, unless the way of signing in there is one that \
             this installation takes for enough. What came back is good once.",
        )
        .open()
        .body(Schema::named("OidcSignIn"), returned())
        .answers(200, Schema::named("SignedIn")),
    ]
}

fn oneself() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/me/oidc",
            ("begin_oidc", "signing in"),
            "Be sent to the identity provider, to link what you are there or to prove that it is you",
            begin,
        )
        .about(
            "`link` lets you sign in there from now on; `step_up` is a proof as POST \
             /v1/tokens/step-up is, for whom that has no password, and asks you to sign in there \
             anew. Send what comes back to POST /v1/me/oidc/callback, in the same session.",
        )
        .body(Schema::named("NewOidc"), json!({"for": "link"}))
        .answers(200, Schema::named("SentElsewhere")),
        Route::new(
            Method::POST,
            "/v1/me/oidc/callback",
            ("finish_oidc", "signing in"),
            "Send what came back from the identity provider: link it, or prove that it is you",
            finish,
        )
        .body(Schema::named("OidcReturned"), returned())
        .answers_nothing(),
        Route::new(
            Method::GET,
            "/v1/me/identities",
            ("list_identities", "signing in"),
            "List what is linked to your account",
            list,
        )
        .answers(200, Schema::ListOf("Identity".to_owned())),
        Route::new(
            Method::DELETE,
            "/v1/me/identities/{id}",
            ("unlink_identity", "signing in"),
            "Unlink what you are at an identity provider: nobody signs in by it any more",
            unlink,
        )
        .answers_nothing(),
    ]
}

fn sent(sent: &auth::Sent) -> Answer {
    Answer::json(&json!({
        "authorization_url": sent.authorization_url,
        "state": sent.state,
        "secret": sent.secret,
        "expires_in": auth::ATTEMPT_SECONDS,
    }))
}

/// Refuses what is longer than anything that comes back.
fn short<const N: usize>(
    members: [&str; N],
    texts: [Option<String>; N],
) -> Result<[Option<String>; N]> {
    for (name, text) in members.iter().zip(&texts) {
        if text.as_ref().is_some_and(|text| text.chars().count() > RETURNED_CHARS_MAX) {
            let detail = format!("at most {RETURNED_CHARS_MAX} characters are expected here");
            return Err(Error::at(name.trim_end_matches('?'), FaultCode::TooLong, detail).into());
        }
    }
    Ok(texts)
}

fn begin_sign_in(call: &Call) -> Result<Answer> {
    Ok(sent(&auth::begin_sign_in_elsewhere(&call.app)?))
}

fn finish_sign_in(call: &Call) -> Result<Answer> {
    let members = ["state", "secret", "code", "iss?", "invitation?"];
    let [state, secret, code, issuer, invitation] = short(members, texts(call, members)?)?;
    let [state, secret, code] = [state, secret, code].map(Option::unwrap_or_default);
    let returned =
        auth::Returned { state: &state, secret: &secret, code: &code, issuer: issuer.as_deref() };
    Ok(step(auth::sign_in_elsewhere(&call.app, &returned, invitation.as_deref())?))
}

fn begin(call: &Call) -> Result<Answer> {
    let [written] = texts(call, ["for"])?.map(Option::unwrap_or_default);
    let sent_for = SentFor::from_code(&written).filter(|sent_for| *sent_for != SentFor::SignIn);
    let Some(sent_for) = sent_for else {
        let detail = "one is sent there to `link` or to `step_up`";
        return Err(Error::at("for", FaultCode::UnknownCode, detail).into());
    };
    Ok(sent(&auth::begin_elsewhere(&call.app, call.person()?, sent_for)?))
}

fn finish(call: &Call) -> Result<Answer> {
    let members = ["state", "secret", "code", "iss?"];
    let [state, secret, code, issuer] = short(members, texts(call, members)?)?;
    let [state, secret, code] = [state, secret, code].map(Option::unwrap_or_default);
    let returned =
        auth::Returned { state: &state, secret: &secret, code: &code, issuer: issuer.as_deref() };
    auth::finish_elsewhere(&call.app, call.person()?, &returned)?;
    Ok(Answer::nothing())
}

fn list(call: &Call) -> Result<Answer> {
    let all = auth::identities(&call.app, call.person()?)?;
    let identity = |each: &auth::KeptIdentity| json!({"id": each.id, "issuer": each.issuer, "linked_at": time(each.linked_at)});
    let items: Vec<Value> = all.iter().map(identity).collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn unlink(call: &Call) -> Result<Answer> {
    auth::unlink_identity(&call.app, call.person()?, call.id()?)?;
    Ok(Answer::nothing())
}
