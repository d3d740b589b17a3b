//! Where one is signed in, and ending that.

use askama::Template;
use concord_app::auth;
use concord_domain::credential::BeganBy;
use uuid::Uuid;

use crate::{
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// A session, in words.
struct Session {
    id: Uuid,
    began: String,
    began_by: &'static str,
    /// On which day it was last seen to be used.
    used: String,
    ends: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sessions.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    sessions: Vec<Session>,
}

/// The visitor's sessions, those that were used last first.
pub fn list(visit: &Visit) -> Result<Reply> {
    let w = visit.words;
    let all = auth::own_sessions(&visit.app, visit.person()?)?.into_iter();
    let sessions = all.map(|(session, is_this)| Session {
        id: session.id,
        began: w.day(session.began_at.date()),
        began_by: match session.began_by {
            BeganBy::Password => w.text("sessions.by_password"),
            BeganBy::Invitation => w.text("sessions.by_invitation"),
            BeganBy::IdentityProvider => w.text("sessions.by_provider"),
            BeganBy::Passkey => w.text("sessions.by_passkey"),
        },
        used: w.day(session.carried_on_at.date()),
        ends: w.day(session.idle_until.date()),
        is_this,
    });
    Reply::page(&Page { w, frame: Frame::outside(visit), sessions: sessions.collect() })
}

/// Ends one of them, at once.
pub fn end(visit: &Visit) -> Result<Reply> {
    auth::end_session(&visit.app, visit.person()?, visit.id()?)?;
    Ok(Reply::go_to("/sessions"))
}

/// Ends all of them.
pub fn end_all(visit: &Visit) -> Result<Reply> {
    auth::sign_out_everywhere(&visit.app, visit.person()?)?;
    Ok(Reply::go_to("/sign-in"))
}
