//! To the identity provider and back: to sign in there, to link what one is there, and to prove there
//! that it is oneself.
//!
//! A page of its own leads there, since browsers follow no form to another site. Whoever comes back
//! sends what they came back with by a form of this site: only then does the browser show its session,
//! and say how it has reached this installation.

use actix_web::http::header::HeaderName;
use askama::Template;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use concord_app::{
    App, Error,
    audit::Doing,
    auth::{self, Returned, Sent},
};
use concord_domain::{credential::SentFor, vocabulary::Closed};

use super::{
    sign_in::{self, require_private},
    within,
};
use crate::{
    cookies,
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// Where a provider sends people back to, so that they come to these pages.
const BACK: &str = "/sign-in/elsewhere";
/// What comes back from a provider.
const RETURNED: [&str; 3] = ["state", "code", "iss"];

/// What the browser keeps of who is away.
struct Away {
    sent_for: SentFor,
    secret: String,
    /// Where the visitor wants to be.
    to: String,
}

impl Away {
    fn written(&self) -> String {
        let to = URL_SAFE_NO_PAD.encode(&self.to);
        format!("{}.{}.{to}", self.sent_for.code(), self.secret)
    }

    fn read(written: &str) -> Option<Self> {
        let mut parts = written.split('.');
        let sent_for = SentFor::from_code(parts.next()?)?;
        let secret = parts.next()?.to_owned();
        let to = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
        Some(Self { sent_for, secret, to })
    }
}

#[derive(Template)]
#[template(path = "away.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// The address at the provider.
    there: String,
}

#[derive(Template)]
#[template(path = "back.html", whitespace = "minimize")]
struct BackPage {
    w: Words,
    frame: Frame,
    carried: Vec<(&'static str, String)>,
}

/// Whether there is a provider, and it sends people back to these pages and not to another application.
pub(super) fn is_there(app: &App) -> bool {
    let provider = app.provider.as_deref();
    let path = provider.map(|provider| provider.redirect_uri().split('?').next());
    path.flatten().is_some_and(|path| path.ends_with(BACK))
}

/// Sends the visitor there to sign in.
pub fn sign_in(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    away(visit, SentFor::SignIn, auth::begin_sign_in_elsewhere(&visit.app)?)
}

/// Sends the visitor there to link what they are there.
pub fn link(visit: &Visit) -> Result<Reply> {
    away(visit, SentFor::Link, auth::begin_elsewhere(&visit.app, visit.person()?, SentFor::Link)?)
}

/// Sends the visitor there to prove that it is them.
pub fn prove(visit: &Visit) -> Result<Reply> {
    let sent = auth::begin_elsewhere(&visit.app, visit.person()?, SentFor::StepUp)?;
    away(visit, SentFor::StepUp, sent)
}

fn away(visit: &Visit, sent_for: SentFor, sent: Sent) -> Result<Reply> {
    let to = within(visit.field("to")).to_owned();
    let kept = Away { sent_for, secret: sent.secret, to }.written();
    let there = sent.authorization_url;
    let refresh = format!("0; url={there}");
    let frame = Frame::bare("/sign-in", None);
    Ok(Reply::page(&Page { w: visit.words, frame, there })?
        .with_cookie(cookies::keep_away(&kept, visit.reached, auth::ATTEMPT_SECONDS))
        .with_header(HeaderName::from_static("refresh"), refresh))
}

/// What somebody came back with, to be sent on.
pub fn back(visit: &Visit) -> Result<Reply> {
    if visit.field("code").is_none() || visit.field("state").is_none() {
        // Whoever said no there, or was refused, begins again.
        return sign_in::refused(visit, "elsewhere.refused");
    }
    let carried =
        RETURNED.into_iter().filter_map(|name| Some((name, visit.field(name)?.to_owned())));
    let carried = carried.collect();
    Reply::page(&BackPage { w: visit.words, frame: Frame::bare("/sign-in", None), carried })
}

/// Does what the visitor was sent there for.
pub fn done(visit: &Visit) -> Result<Reply> {
    require_private(visit)?;
    let Some(Away { sent_for, secret, to }) = visit.away.as_deref().and_then(Away::read) else {
        return sign_in::refused(visit, "elsewhere.refused");
    };
    let returned = Returned {
        state: visit.field("state").unwrap_or_default(),
        secret: &secret,
        code: visit.field("code").unwrap_or_default(),
        issuer: visit.field("iss"),
    };
    let reply = match sent_for {
        SentFor::SignIn => match auth::sign_in_elsewhere(&visit.app, &returned, None) {
            Ok(step) => sign_in::after_first_step(visit, step, within(Some(&to)))?,
            Err(Error::SignInRefused) => sign_in::refused(visit, "elsewhere.refused")?,
            Err(error) => return Err(error.into()),
        },
        SentFor::Link | SentFor::StepUp => {
            finished(visit, &returned, (sent_for, within(Some(&to))))?
        }
    };
    Ok(reply.with_cookie(cookies::forget_away(visit.reached)))
}

/// Links what the visitor is there, or takes it that it is them.
fn finished(
    visit: &Visit,
    returned: &Returned<'_>,
    (sent_for, to): (SentFor, &str),
) -> Result<Reply> {
    // It is no signing in that is recorded.
    let app = App { doing: Doing { action: "finish_oidc", about: None }, ..visit.app.clone() };
    match (auth::finish_elsewhere(&app, visit.person()?, returned), sent_for) {
        (Ok(()), SentFor::Link) => Ok(Reply::go_to("/account/identities")),
        (Ok(()), _) => Ok(Reply::go_to(to)),
        (Err(Error::StepUpRequired), _) => Ok(Reply::go_to("/prove?to=/account/identities")),
        (Err(error), _) => Err(error.into()),
    }
}
