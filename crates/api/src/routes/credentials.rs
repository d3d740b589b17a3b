//! What one is known by: one's sessions, the second factor, proofs that it is oneself, and tokens
//! for tools.

use actix_web::http::Method;
use concord_app::{Error, auth};
use concord_domain::{
    credential::ToolScope, fault::FaultCode, vocabulary::Closed, window::parse_day,
};
use serde_json::{Value, json};

use super::{Route, Schema, people::texts, signing_in::token};
use crate::{
    call::{Answer, Call, Result},
    views::time,
};

/// The routes.
pub fn routes() -> Vec<Route> {
    let mut routes = sessions();
    routes.extend(steps());
    routes.extend(second_factor());
    routes.extend(tools());
    routes
}

fn sessions() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/me/sessions",
            ("list_sessions", "signing in"),
            "List your sessions: where you are signed in",
            list_sessions,
        )
        .about(
            "Those that were carried on last come first. No address and no device is known of \
             them: which is which, you tell by their times.",
        )
        .answers(200, Schema::ListOf("Session".to_owned())),
        Route::new(
            Method::DELETE,
            "/v1/me/sessions/{id}",
            ("end_session", "signing in"),
            "End one of your sessions: its tokens are good for nothing any more",
            end_session,
        )
        .answers_nothing(),
    ]
}

fn steps() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/tokens/second-factor",
            ("second_step", "signing in"),
            "Sign in, the second step: show your second factor",
            second_step,
        )
        .about(
            "`challenge` is what POST /v1/tokens answered. A code is good once. After eight wrong \
             ones you wait five minutes, however many challenges you have.",
        )
        .open()
        .body(Schema::named("SecondStep"), json!({"challenge": "9d04…", "code": "123456"}))
        .answers(200, Schema::named("Token")),
        Route::new(
            Method::POST,
            "/v1/tokens/step-up",
            ("step_up", "signing in"),
            "Prove again that it is you",
            step_up,
        )
        .about(
            "Exports, sharing with more people, and what the desk, focal points and administrators \
             keep need a proof that is at most 10 minutes old; without one they are refused as \
             `step_up_required`. Send `code` if you have a second factor, or else `password`; or \
             show a passkey, by POST /v1/tokens/step-up/passkey. Signing in is such a proof too.",
        )
        .body(Schema::named("Proof"), json!({"password": "a long pass phrase"}))
        .answers_nothing(),
    ]
}

fn second_factor() -> Vec<Route> {
    let path = "/v1/me/second-factor";
    let tag = "signing in";
    vec![
        Route::new(
            Method::GET,
            path,
            ("get_second_factor", tag),
            "Read whether you have a second factor",
            get_second_factor,
        )
        .answers(200, Schema::named("SecondFactor")),
        Route::new(
            Method::POST,
            path,
            ("enrol_second_factor", tag),
            "Begin to bring in a second factor: codes of an app (TOTP)",
            enrol,
        )
        .about("It is asked for once you have confirmed it with a code.")
        .answers(200, Schema::named("EnrolledSecondFactor")),
        Route::new(
            Method::POST,
            format!("{path}/confirmation"),
            ("confirm_second_factor", tag),
            "Confirm the second factor with a code, and be given recovery codes",
            confirm,
        )
        .about(
            "From now on it is asked for whenever you sign in. Your other sessions end. Keep the \
             recovery codes on paper, away from the app.",
        )
        .body(Schema::named("SecondFactorCode"), json!({"code": "123456"}))
        .answers(200, Schema::named("RecoveryCodes")),
        Route::new(
            Method::POST,
            format!("{path}/recovery-codes"),
            ("renew_recovery_codes", tag),
            "Be given other recovery codes; the former ones are good for nothing any more",
            renew_recovery_codes,
        )
        .answers(200, Schema::named("RecoveryCodes")),
        Route::new(
            Method::DELETE,
            path,
            ("remove_second_factor", tag),
            "Remove your second factor",
            remove_second_factor,
        )
        .answers_nothing(),
    ]
}

fn tools() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/me/tool-tokens",
            ("list_tool_tokens", "signing in"),
            "List the tokens that you gave to tools",
            list_tool_tokens,
        )
        .answers(200, Schema::ListOf("ToolToken".to_owned())),
        Route::new(
            Method::POST,
            "/v1/me/tool-tokens",
            ("make_tool_token", "signing in"),
            "Make a token for a tool, which does less than you and ends",
            make_tool_token,
        )
        .about(
            "The token is told once. It never exports, shares, invites, settles flags, or makes \
             another token. It ends with its last day, when you revoke it, when your password is \
             changed and when your account is closed.",
        )
        .body(
            Schema::named("NewToolToken"),
            json!({"name": "Spreadsheet of the access unit", "scope": "read", "ends_on": "2026-12-31"}),
        )
        .answers(201, Schema::named("MadeToolToken")),
        Route::new(
            Method::DELETE,
            "/v1/me/tool-tokens/{id}",
            ("revoke_tool_token", "signing in"),
            "Revoke a token that you gave to a tool, at once",
            revoke_tool_token,
        )
        .answers_nothing(),
    ]
}

fn list_sessions(call: &Call) -> Result<Answer> {
    let all = auth::own_sessions(&call.app, call.person()?)?;
    let items: Vec<Value> = all
        .iter()
        .map(|(session, is_this)| {
            json!({
                "id": session.id,
                "began_at": time(session.began_at),
                "carried_on_at": time(session.carried_on_at),
                "ends_at": time(session.idle_until),
                "began_by": session.began_by.code(),
                "second_factor": session.second_factor.map(Closed::code),
                "current": is_this,
            })
        })
        .collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn end_session(call: &Call) -> Result<Answer> {
    auth::end_session(&call.app, call.person()?, call.id()?)?;
    Ok(Answer::nothing())
}

fn second_step(call: &Call) -> Result<Answer> {
    let [challenge, code] = texts(call, ["challenge", "code"])?.map(Option::unwrap_or_default);
    Ok(token(&auth::second_step(&call.app, &challenge, &code)?))
}

fn step_up(call: &Call) -> Result<Answer> {
    let [password, code] = texts(call, ["password?", "code?"])?;
    auth::step_up(&call.app, call.person()?, (password.as_deref(), code.as_deref()))?;
    Ok(Answer::nothing())
}

fn get_second_factor(call: &Call) -> Result<Answer> {
    let standing = auth::second_factor(&call.app, call.person()?)?;
    Ok(Answer::json(&json!({
        "since": standing.since.map(time),
        "recovery_codes_left": standing.recovery_codes_left,
    })))
}

fn enrol(call: &Call) -> Result<Answer> {
    let enrolled = auth::enrol(&call.app, call.person()?)?;
    Ok(Answer::json(&json!({"uri": enrolled.uri, "secret": enrolled.secret})))
}

fn confirm(call: &Call) -> Result<Answer> {
    let [code] = texts(call, ["code"])?.map(Option::unwrap_or_default);
    let codes = auth::confirm(&call.app, call.person()?, &code)?;
    Ok(Answer::json(&json!({ "recovery_codes": codes })))
}

fn renew_recovery_codes(call: &Call) -> Result<Answer> {
    let codes = auth::renew_recovery_codes(&call.app, call.person()?)?;
    Ok(Answer::json(&json!({ "recovery_codes": codes })))
}

fn remove_second_factor(call: &Call) -> Result<Answer> {
    auth::remove_second_factor(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}

fn tool_token(token: &auth::ToolToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "scope": token.scope.code(),
        "made_at": time(token.made_at),
        "ends_at": time(token.ends_at),
    })
}

fn list_tool_tokens(call: &Call) -> Result<Answer> {
    let all = auth::tool_tokens(&call.app, call.person()?)?;
    let items: Vec<Value> = all.iter().map(tool_token).collect();
    Ok(Answer::json(&json!({ "items": items })))
}

fn make_tool_token(call: &Call) -> Result<Answer> {
    let [name, scope, ends_on] =
        texts(call, ["name", "scope", "ends_on"])?.map(Option::unwrap_or_default);
    let Some(scope) = ToolScope::from_code(&scope) else {
        let codes: Vec<&str> = ToolScope::ALL.iter().map(|scope| scope.code()).collect();
        let detail = format!("a scope is one of {}", codes.join(", "));
        return Err(Error::at("scope", FaultCode::UnknownCode, detail).into());
    };
    let Some(ends_on) = parse_day(&ends_on) else {
        let detail = "a day is written as 2026-12-31";
        return Err(Error::at("ends_on", FaultCode::Malformed, detail).into());
    };
    let wanted = auth::Wanted { name: &name, scope, ends_on };
    let (made, told) = auth::make_tool_token(&call.app, call.person()?, &wanted)?;
    let body = json!({"tool_token": tool_token(&made), "token": told});
    Ok(Answer::created(&body, call.below(made.id)))
}

fn revoke_tool_token(call: &Call) -> Result<Answer> {
    auth::revoke_tool_token(&call.app, call.person()?, call.id()?)?;
    Ok(Answer::nothing())
}
