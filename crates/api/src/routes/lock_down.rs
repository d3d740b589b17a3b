//! Calling for a lock-down.

use actix_web::http::Method;
use concord_app::lock_down::{self, Called};
use serde_json::json;

use super::{Route, Schema};
use crate::call::{Answer, Call, Result};

const PATH: &str = "/v1/lock-down";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            PATH,
            ("call_lock_down", "lock-down"),
            "Call for a lock-down: with the call of another person within 10 minutes it begins",
            call,
        )
        .about(
            "For when the registry may fall into the wrong hands. Administrators and people of the \
             desk call; two different ones are needed. Then all sessions end, the keys of the \
             organisations are dropped from memory, and every request but those for health is \
             answered 503, `locked_down`, until whoever runs the server lifts it on the command \
             line. Calling again renews the call.",
        )
        .answers(200, Schema::named("LockDown")),
        Route::new(
            Method::DELETE,
            PATH,
            ("withdraw_lock_down", "lock-down"),
            "Take back your call for a lock-down that has not begun",
            withdraw,
        )
        .answers_nothing(),
    ]
}

fn call(call: &Call) -> Result<Answer> {
    let called = lock_down::call(&call.app, call.person()?)?;
    let waits_until = match called {
        Called::Waits(until) => Some(until.and_utc().format("%FT%TZ").to_string()),
        Called::LockedDown => None,
    };
    let is_locked = called == Called::LockedDown;
    Ok(Answer::json(&json!({"locked_down": is_locked, "waits_until": waits_until})))
}

fn withdraw(call: &Call) -> Result<Answer> {
    lock_down::withdraw(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}
