//! The problems that each route can meet.

use crate::{
    lock_down::HEALTH,
    problem::{self, Kind},
    routes::Route,
};

/// The problems that a route can meet.
pub(super) fn problems(route: &Route) -> Vec<&'static Kind> {
    let mut kinds: Vec<&'static Kind> = vec![&problem::MALFORMED, &problem::INTERNAL];
    if !HEALTH.contains(&route.path.as_str()) {
        kinds.push(&problem::LOCKED_DOWN);
    }
    if !route.is_open {
        kinds.push(&problem::UNAUTHENTICATED);
        kinds.push(&problem::FORBIDDEN);
        kinds.push(&problem::NOT_FOUND);
        kinds.push(&problem::BUSY);
    }
    if route.path.contains('{') {
        kinds.push(&problem::NOT_FOUND);
    }
    if ["/engagements/{id}", "/commitments/{id}"].iter().any(|entry| route.path.contains(entry)) {
        kinds.push(&problem::RETRACTED);
    }
    if route.body.is_some() {
        kinds.extend([
            &problem::INVALID,
            &problem::TOO_LARGE,
            &problem::UNSUPPORTED,
            &problem::CONFLICT,
        ]);
    }
    if !route.query.is_empty() {
        kinds.push(&problem::INVALID);
    }
    if route.needs_match {
        kinds.extend([&problem::STALE, &problem::NO_PRECONDITION]);
    }
    kinds.extend(match route.id.as_str() {
        "sign_in" | "second_step" | "sign_in_with_passkey" => {
            &[&problem::SIGN_IN_REFUSED, &problem::THROTTLED, &problem::BUSY][..]
        }
        "accept_invitation" => &[&problem::SIGN_IN_REFUSED, &problem::BUSY],
        "begin_passkey_sign_in" => &[&problem::CONFLICT, &problem::BUSY],
        "begin_passkey" | "begin_passkey_step_up" => &[&problem::CONFLICT],
        "begin_oidc_sign_in" => &[&problem::CONFLICT, &problem::BUSY, &problem::PROVIDER],
        "finish_oidc_sign_in" => {
            &[&problem::SIGN_IN_REFUSED, &problem::CONFLICT, &problem::BUSY, &problem::PROVIDER]
        }
        "begin_oidc" | "finish_oidc" => &[&problem::CONFLICT, &problem::PROVIDER],
        "refresh" => &[&problem::SESSION_ENDED, &problem::BUSY],
        "check" => &[&problem::BUDGET_SPENT],
        "change_password"
        | "step_up"
        | "step_up_with_passkey"
        | "confirm_second_factor"
        | "confirm_email"
        | "ask_for_contact" => &[&problem::THROTTLED],
        "set_email" => &[&problem::THROTTLED, &problem::NOT_SENT],
        "enrol_second_factor"
        | "renew_recovery_codes"
        | "remove_second_factor"
        | "remove_email" => &[&problem::CONFLICT],
        "confirm_desk_change" => &[&problem::INVALID, &problem::CONFLICT],
        "readyz" => &[&problem::BUSY],
        _ => &[],
    });
    kinds
}
