//! Signing in, staying signed in, and signing out.

use actix_web::http::Method;
use concord_app::{auth, people, resources::etag};
use concord_domain::vocabulary::Closed;
use serde_json::{Value, json};

use super::{Route, Schema, people::texts};
use crate::call::{Answer, Call, Result};

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = sessions();
    routes.extend(oneself());
    routes
}

fn sessions() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/tokens", ("sign_in", "signing in"), "Sign in", sign_in)
            .about(
                "The access token holds for 15 minutes; send it as `Authorization: Bearer …`. The \
                 refresh token carries the session on, for 30 days at most, and for 7 unless it \
                 is used. Who has a second factor is answered a challenge and no token: send it \
                 to POST /v1/tokens/second-factor with a code.",
            )
            .open()
            .body(
                Schema::named("NewToken"),
                json!({"login": "adviser@rtw.example", "password": "a long pass phrase"}),
            )
            .answers(200, Schema::named("SignedIn")),
        Route::new(
            Method::POST,
            "/v1/tokens/refresh",
            ("refresh", "signing in"),
            "Stay signed in: exchange a refresh token for another pair of tokens",
            refresh,
        )
        .about(
            "A refresh token is good once. If the answer was lost, send the same one again within \
             60 seconds; what was answered before then stands no more. A refresh token that was \
             used in any other way ends the session and all its tokens: somebody else may have it.",
        )
        .open()
        .body(Schema::named("RefreshToken"), json!({"refresh_token": "5c1e….9d04…"}))
        .answers(200, Schema::named("Token")),
        Route::new(
            Method::DELETE,
            "/v1/tokens/current",
            ("sign_out_here", "signing in"),
            "Sign out here: end the session of the token that is sent",
            sign_out_here,
        )
        .answers_nothing(),
        Route::new(
            Method::DELETE,
            "/v1/tokens",
            ("sign_out", "signing in"),
            "Sign out everywhere: end all sessions",
            sign_out,
        )
        .answers_nothing(),
    ]
}

fn oneself() -> Vec<Route> {
    vec![
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
        Route::new(
            Method::PUT,
            "/v1/me/password",
            ("change_password", "signing in"),
            "Change your password, sign out everywhere else, revoke the tokens of tools, remove your \
             passkeys and your e-mail address, and unlink what you are at an identity provider",
            change_password,
        )
        .body(
            Schema::named("ChangedPassword"),
            json!({"password": "a long pass phrase", "new_password": "another long pass phrase"}),
        )
        .answers_nothing(),
        Route::new(
            Method::GET,
            "/.well-known/jwks.json",
            ("get_keys", "signing in"),
            "The public keys by which access tokens can be verified, as a JWK Set",
            keys,
        )
        .about("A token with a `kid` that is not among them was signed since: ask again.")
        .open()
        .answers(200, Schema::named("JwkSet"))
        .tagged(),
    ]
}

pub(super) fn token(tokens: &auth::Tokens) -> Answer {
    Answer::json(&json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
        "refresh_expires_in": tokens.refresh_expires_in,
    }))
}

fn sign_in(call: &Call) -> Result<Answer> {
    let [login, password] = texts(call, ["login", "password"])?.map(Option::unwrap_or_default);
    Ok(step(auth::sign_in(&call.app, &login, &password)?))
}

/// What the first step of signing in is answered, whichever it is.
pub(super) fn step(made: auth::FirstStep) -> Answer {
    match made {
        auth::FirstStep::Done(tokens) => token(&tokens),
        auth::FirstStep::Challenge(challenge) => Answer::json(&json!({
            "challenge": challenge,
            "challenge_expires_in": auth::CHALLENGE_SECONDS,
        })),
    }
}

fn refresh(call: &Call) -> Result<Answer> {
    let [sent] = texts(call, ["refresh_token"])?.map(Option::unwrap_or_default);
    Ok(token(&auth::refresh(&call.app, &sent)?))
}

fn sign_out_here(call: &Call) -> Result<Answer> {
    auth::sign_out_here(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}

fn sign_out(call: &Call) -> Result<Answer> {
    auth::sign_out_everywhere(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}

fn change_password(call: &Call) -> Result<Answer> {
    let [old, new] = texts(call, ["password", "new_password"])?.map(Option::unwrap_or_default);
    auth::change_password(&call.app, call.person()?, (&old, &new))?;
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

fn keys(call: &Call) -> Result<Answer> {
    let set = json!(call.app.keys.ring().published(call.app.now()));
    Ok(Answer::json(&set).tagged(etag(&set)).public())
}
