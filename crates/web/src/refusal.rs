//! Why there is no page, as a page: what happened, and what one can do.

use actix_web::http::{StatusCode, header::HeaderName};
use askama::Template;
use concord_app::Error;

use crate::{frame::Frame, reply::Reply, visit::Trouble, words::Words};

#[derive(Template)]
#[template(path = "refusal.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    title: &'static str,
    advice: String,
    /// What a use case says of it, in English.
    detail: Option<String>,
    /// Where one can go on.
    on: String,
}

/// What is told of a trouble.
struct Told {
    status: StatusCode,
    title: &'static str,
    advice: &'static str,
    hole: Option<String>,
    detail: Option<String>,
    retry_after: Option<u64>,
}

/// The page that tells it. It is the same whether something is hidden or missing.
pub fn of(words: Words, trouble: &Trouble) -> Reply {
    let told = told(words, trouble);
    let advice = match &told.hole {
        Some(value) => words.filled(told.advice, value),
        None => words.text(told.advice).to_owned(),
    };
    let page = Page {
        w: words,
        frame: Frame::bare("/", None),
        title: words.text(told.title),
        advice,
        detail: told.detail,
        on: "/".to_owned(),
    };
    match Reply::with_status(told.status, &page) {
        Ok(reply) => reply.after(told.retry_after),
        Err(_) => Reply::go_to("/"),
    }
}

/// A page that asks for itself again at once, now as from here.
pub fn ask_again(words: Words, path: &str) -> Reply {
    let page = Page {
        w: words,
        frame: Frame::bare(path, None),
        title: words.text("refusal.elsewhere"),
        advice: words.text("refusal.elsewhere_advice").to_owned(),
        detail: None,
        on: path.to_owned(),
    };
    let refresh = HeaderName::from_static("refresh");
    let reply = Reply::page(&page).unwrap_or_else(|_| Reply::go_to("/sign-in"));
    reply.with_header(refresh, format!("0; url={path}"))
}

fn plain(status: StatusCode, title: &'static str, advice: &'static str) -> Told {
    Told { status, title, advice, hole: None, detail: None, retry_after: None }
}

fn told(words: Words, trouble: &Trouble) -> Told {
    match trouble {
        Trouble::Refused(error) => refused(words, error),
        Trouble::Forged => plain(StatusCode::FORBIDDEN, "refusal.forged", "refusal.forged_advice"),
        Trouble::Unreadable(status) => {
            plain(*status, "refusal.unreadable", "refusal.unreadable_advice")
        }
        Trouble::InTheClear => {
            plain(StatusCode::FORBIDDEN, "refusal.in_the_clear", "refusal.in_the_clear_advice")
        }
        Trouble::NoMethod => {
            plain(StatusCode::METHOD_NOT_ALLOWED, "refusal.no_page", "refusal.no_page_advice")
        }
        Trouble::Broken(what) => {
            tracing::error!(error = %what, "a page failed");
            broken()
        }
    }
}

fn broken() -> Told {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "refusal.broken", "refusal.broken_advice")
}

fn refused(words: Words, error: &Error) -> Told {
    use StatusCode as S;
    let (status, title, advice) = match error {
        Error::Invalid(_) => (S::UNPROCESSABLE_ENTITY, "refusal.invalid", "refusal.invalid_advice"),
        Error::Unauthenticated | Error::SignInRefused | Error::SessionEnded => {
            (S::FORBIDDEN, "refusal.signed_out", "refusal.signed_out_advice")
        }
        Error::TooManyTries(_) => {
            (S::TOO_MANY_REQUESTS, "refusal.too_many", "refusal.too_many_advice")
        }
        Error::BudgetSpent(..) => (S::TOO_MANY_REQUESTS, "refusal.budget", "refusal.budget_advice"),
        Error::Forbidden(_) => (S::FORBIDDEN, "refusal.forbidden", "refusal.forbidden_advice"),
        Error::StepUpRequired => (S::FORBIDDEN, "refusal.prove", "refusal.prove_advice"),
        Error::NotFound => (S::NOT_FOUND, "refusal.no_page", "refusal.no_page_advice"),
        Error::Retracted(_) => (S::GONE, "refusal.retracted", "refusal.retracted_advice"),
        Error::Conflict(_) => (S::CONFLICT, "refusal.conflict", "refusal.conflict_advice"),
        Error::Stale | Error::PreconditionRequired => {
            (S::PRECONDITION_FAILED, "refusal.stale", "refusal.stale_advice")
        }
        Error::IdempotencyKeyReused => {
            (S::CONFLICT, "refusal.sent_twice", "refusal.sent_twice_advice")
        }
        Error::Busy => (S::SERVICE_UNAVAILABLE, "refusal.busy", "refusal.busy_advice"),
        Error::ProviderUnreachable => {
            (S::SERVICE_UNAVAILABLE, "refusal.provider", "refusal.provider_advice")
        }
        Error::MessageNotSent => (S::SERVICE_UNAVAILABLE, "refusal.mail", "refusal.mail_advice"),
        Error::LockedDown => (S::SERVICE_UNAVAILABLE, "refusal.locked", "refusal.locked_advice"),
        Error::DryRun(_) | Error::Internal(_) => {
            tracing::error!(%error, "a page failed");
            return broken();
        }
    };
    with_particulars(words, error, plain(status, title, advice))
}

/// The same, with what this error says besides.
fn with_particulars(words: Words, error: &Error, told: Told) -> Told {
    match error {
        Error::Invalid(faults) => {
            let faults: Vec<String> = faults.iter().map(|fault| fault.detail.clone()).collect();
            Told { detail: Some(faults.join("; ")), ..told }
        }
        Error::TooManyTries(seconds) => {
            let minutes = seconds.div_ceil(60).to_string();
            Told { hole: Some(minutes), retry_after: Some(*seconds), ..told }
        }
        Error::BudgetSpent(seconds, _) => {
            Told { detail: Some(error.to_string()), retry_after: Some(*seconds), ..told }
        }
        Error::Forbidden(_) | Error::Conflict(_) => {
            Told { detail: Some(error.to_string()), ..told }
        }
        Error::Retracted(day) => Told { hole: Some(words.day(*day)), ..told },
        Error::Busy => Told { retry_after: Some(1), ..told },
        _ => told,
    }
}
