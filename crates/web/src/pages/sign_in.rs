//! Signing in, in one step or two, and signing out.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::{
    Error,
    auth::{self, FirstStep, Tokens},
};

use super::{elsewhere, within};
use crate::{
    cookies,
    frame::Frame,
    origin::Reached,
    reply::Reply,
    visit::{Result, Trouble, Visit},
    words::Words,
};

#[derive(Template)]
#[template(path = "sign_in.html", whitespace = "minimize")]
struct FirstPage<'v> {
    w: Words,
    frame: Frame,
    /// Where the visitor wants to be.
    to: &'v str,
    login: &'v str,
    problem: Option<String>,
    /// Whether one can sign in with a passkey.
    has_passkeys: bool,
    /// Whether one can sign in at an identity provider.
    has_provider: bool,
}

#[derive(Template)]
#[template(path = "second_factor.html", whitespace = "minimize")]
struct SecondPage<'v> {
    w: Words,
    frame: Frame,
    to: &'v str,
    /// What leads on from the first step.
    challenge: &'v str,
    problem: Option<String>,
}

/// What is wrong with a step, for who takes it again.
pub(super) struct Wrong {
    /// With which status it is answered.
    pub status: StatusCode,
    /// What is said.
    pub said: String,
    /// After how many seconds it can be tried again.
    pub seconds: Option<u64>,
}

impl Wrong {
    /// What an error means for who signs in; the error again, if it means nothing to them.
    pub fn of(visit: &Visit, error: Error, refused: &'static str) -> Result<Self> {
        let w = visit.words;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            Error::SignInRefused => {
                Ok(Self { status, said: w.text(refused).to_owned(), seconds: None })
            }
            Error::TooManyTries(seconds) => {
                let minutes = seconds.div_ceil(60).to_string();
                let said = w.filled("refusal.too_many_advice", &minutes);
                let status = StatusCode::TOO_MANY_REQUESTS;
                Ok(Self { status, said, seconds: Some(seconds) })
            }
            other => Err(other.into()),
        }
    }
}

/// The form, with what is wrong with what was sent.
pub(super) fn first_page(visit: &Visit, wrong: Option<Wrong>) -> Result<Reply> {
    let (status, seconds) =
        wrong.as_ref().map_or((StatusCode::OK, None), |wrong| (wrong.status, wrong.seconds));
    let page = FirstPage {
        w: visit.words,
        frame: Frame::bare("/sign-in", None),
        to: within(visit.field("to")),
        login: visit.field("login").unwrap_or_default(),
        problem: wrong.map(|wrong| wrong.said),
        has_passkeys: visit.app.relying_party.is_some(),
        has_provider: elsewhere::is_there(&visit.app),
    };
    Ok(Reply::with_status(status, &page)?.after(seconds))
}

fn second_page(
    visit: &Visit,
    (challenge, to): (&str, &str),
    wrong: Option<Wrong>,
) -> Result<Reply> {
    let (status, seconds) =
        wrong.as_ref().map_or((StatusCode::OK, None), |wrong| (wrong.status, wrong.seconds));
    let page = SecondPage {
        w: visit.words,
        frame: Frame::bare("/sign-in", None),
        to,
        challenge,
        problem: wrong.map(|wrong| wrong.said),
    };
    Ok(Reply::with_status(status, &page)?.after(seconds))
}

/// The form; for who is signed in, the start.
pub fn show(visit: &Visit) -> Result<Reply> {
    if visit.is_signed_in() {
        return Ok(Reply::go_to(within(visit.field("to"))));
    }
    first_page(visit, None)
}

/// Takes login and password.
pub fn first_step(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let (login, password) = (visit.field("login"), visit.field_as_typed("password"));
    let step = auth::sign_in(&visit.app, login.unwrap_or_default(), password);
    match step {
        Ok(step) => after_first_step(visit, step, within(visit.field("to"))),
        Err(error) => first_page(visit, Some(Wrong::of(visit, error, "sign_in.refused")?)),
    }
}

/// What comes after the first step: the second, or where the visitor wants to be.
pub(super) fn after_first_step(visit: &Visit, step: FirstStep, to: &str) -> Result<Reply> {
    match step {
        FirstStep::Done(tokens) => signed_in_to(visit, &tokens, to),
        FirstStep::Challenge(challenge) => second_page(visit, (&challenge, to), None),
    }
}

/// The form again for who was refused, with what is said of that.
pub(super) fn refused(visit: &Visit, said: &'static str) -> Result<Reply> {
    let wrong = Wrong {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        said: visit.words.text(said).to_owned(),
        seconds: None,
    };
    first_page(visit, Some(wrong))
}

/// Takes the code of the second factor.
pub fn second_step(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let challenge = visit.field("challenge").unwrap_or_default();
    let code = visit.field("code").unwrap_or_default();
    match auth::second_step(&visit.app, challenge, code) {
        Ok(tokens) => signed_in(visit, &tokens),
        Err(error) => {
            let wrong = Wrong::of(visit, error, "sign_in.code_refused")?;
            second_page(visit, (challenge, within(visit.field("to"))), Some(wrong))
        }
    }
}

/// A password is not taken over a connection that all can read, and a session not kept on one.
pub(super) fn require_private(visit: &Visit) -> Result<()> {
    match visit.reached {
        Reached::ByTls | Reached::OnThisMachine => Ok(()),
        Reached::InTheClear => Err(Trouble::InTheClear),
    }
}

/// Lets the browser keep the session that has begun, and goes on to where the visitor wants to be.
pub(super) fn signed_in(visit: &Visit, tokens: &Tokens) -> Result<Reply> {
    signed_in_to(visit, tokens, within(visit.field("to")))
}

fn signed_in_to(visit: &Visit, tokens: &Tokens, to: &str) -> Result<Reply> {
    if visit.is_signed_in() {
        // What the browser kept until now is replaced, and so good for nothing any more.
        auth::sign_out_here(&visit.app, visit.person()?)?;
    }
    let secret = auth::keep_in_browser(&visit.app, tokens)?;
    let cookie = cookies::keep_session(&secret, visit.reached);
    Ok(Reply::go_to(to).with_cookie(cookie))
}

/// Ends the session, here and everywhere that its secret may have come to.
pub fn sign_out(visit: &Visit) -> Result<Reply> {
    auth::sign_out_here(&visit.app, visit.person()?)?;
    let [secure, local] = cookies::forget_session();
    Ok(Reply::go_to("/sign-in").with_cookie(secure).with_cookie(local))
}
