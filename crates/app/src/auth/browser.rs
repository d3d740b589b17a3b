//! Sessions in a browser: one secret, which it keeps for as long as the session lasts.
//!
//! They are the sessions that refresh tokens carry on, in the same table, ended in the same ways and
//! with the same effect at once. A browser asks for several things at a time and loses answers, so
//! its secret is not exchanged whenever it is used. Neither can be used as the other: whoever sends
//! the secret of a browser as a refresh token ends the session, as with one that was used before.

use chrono::TimeDelta;
use concord_domain::language::Language;
use concord_store::{
    Area,
    sessions::{self as kept, Session},
};

use super::{
    hex,
    sessions::{IDLE_DAYS, Tokens},
    sha256,
    tokens::{Credential, Person},
};
use crate::{
    App, audit,
    error::{Error, Result},
};

/// For how long a session is not written to again to say that it is carried on, in hours.
const CARRIED_ON_EVERY_HOURS: i64 = 24;

/// Somebody whose browser showed the secret of a session.
pub struct Browser {
    /// Who it is.
    pub person: Person,
    /// The key with which the browser keeps what was typed and not sent.
    pub draft_key: String,
    /// What the forms that are made for this session carry, and no other site knows. The secret
    /// cannot be found from it.
    pub form_token: String,
}

/// What is kept of a secret. No refresh token has a hash like it.
fn hash_of(secret: &str) -> String {
    sha256(format!("browser {secret}").as_bytes())
}

/// The hash of what all that belongs to one session begins with.
fn family_of(secret: &str) -> Option<String> {
    secret.split_once('.').map(|(family, _)| sha256(family.as_bytes()))
}

/// Lets a browser keep the session that has just begun: the secret that it is to show. The tokens
/// are good for nothing any more but the access token, until it ends.
///
/// # Errors
/// [`Error::SessionEnded`] if the tokens are not the newest of their session.
pub fn keep_in_browser(app: &App, tokens: &Tokens) -> Result<String> {
    let sent = &tokens.refresh_token;
    let family_hash = family_of(sent).ok_or(Error::SessionEnded)?;
    audit::write(app, Area::Installation, |tx, deeds| {
        let newest = |session: &Session| session.token_hash == sha256(sent.as_bytes());
        let session = kept::of_family(tx, &family_hash)?.filter(newest);
        let session = session.ok_or(Error::SessionEnded)?;
        deeds.by(session.account);
        deeds.changed("session", session.id);
        let family = sent.split('.').next().unwrap_or_default();
        let secret = format!("{family}.{}", hex(&app.ids.secret()));
        kept::save(tx, &Session { token_hash: hash_of(&secret), former: None, ..session })?;
        Ok(secret)
    })
}

/// Whose browser shows this secret, if its session is not over. That the account is open, and the
/// session still there, is seen when something is asked for.
///
/// # Errors
/// [`Error::Unauthenticated`], and no more is said.
pub fn known_in_browser(app: &App, secret: &str) -> Result<Browser> {
    let session = app.store.read(|tx| match family_of(secret) {
        Some(hash) => Ok::<_, Error>(kept::of_family(tx, &hash)?),
        None => Ok(None),
    })?;
    let session = session.filter(|session| is_of(app, session, secret));
    let session = session.ok_or(Error::Unauthenticated)?;
    if app.now() >= session.carried_on_at + TimeDelta::hours(CARRIED_ON_EVERY_HOURS) {
        carry_on(app, secret)?;
    }
    let credential = Credential::Session { account: session.account, session: session.id };
    let person = Person { credential, language: Language::default() };
    let form_token = sha256(format!("form {secret}").as_bytes());
    let draft_key = app.keys.ring().draft_key(session.account);
    Ok(Browser { person, draft_key, form_token })
}

/// Whether a session that is not over is the one of a secret.
fn is_of(app: &App, session: &Session, secret: &str) -> bool {
    session.token_hash == hash_of(secret) && app.now() < session.idle_until
}

/// Notes that a session was used, so that it does not end for not having been.
fn carry_on(app: &App, secret: &str) -> Result<()> {
    let family_hash = family_of(secret).ok_or(Error::Unauthenticated)?;
    audit::write(app, Area::Installation, |tx, deeds| {
        // It may have ended meanwhile.
        let found = kept::of_family(tx, &family_hash)?.filter(|found| is_of(app, found, secret));
        let session = found.ok_or(Error::Unauthenticated)?;
        deeds.by(session.account);
        deeds.changed("session", session.id);
        let now = app.now();
        let idle_until = session.ends_at.min(now + TimeDelta::days(IDLE_DAYS));
        Ok(kept::save(tx, &Session { carried_on_at: now, idle_until, ..session })?)
    })
}
