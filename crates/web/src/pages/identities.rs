//! What one is at identity providers, and unlinking it.

use askama::Template;
use concord_app::auth;

use super::elsewhere;
use crate::{
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// What somebody is at a provider.
struct Linked {
    /// Where the form that unlinks it goes.
    unlink: String,
    issuer: String,
    since: String,
}

#[derive(Template)]
#[template(path = "identities.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    linked: Vec<Linked>,
    /// Whether there is a provider at which one can be something.
    has_provider: bool,
}

/// What is linked.
pub fn list(visit: &Visit) -> Result<Reply> {
    let w = visit.words;
    let all = auth::identities(&visit.app, visit.person()?)?.into_iter();
    let linked = all.map(|kept| Linked {
        unlink: format!("/account/identities/{}/unlink", kept.id),
        since: w.day(kept.linked_at.date()),
        issuer: kept.issuer,
    });
    let has_provider = elsewhere::is_there(&visit.app);
    Reply::page(&Page { w, frame: Frame::outside(visit), linked: linked.collect(), has_provider })
}

/// Unlinks one, at once.
pub fn unlink(visit: &Visit) -> Result<Reply> {
    auth::unlink_identity(&visit.app, visit.person()?, visit.id()?)?;
    Ok(Reply::go_to("/account/identities"))
}
