//! Sessions: what begins when somebody signs in, is carried on by refresh tokens, and ends.
//!
//! A refresh token has two parts that nobody can guess. The first stays as long as the session,
//! and so tells whose it is; the second is another one each time. What begins like a session's
//! tokens and is not the one that is to come was used before, by its owner or by a thief: since
//! nobody can say which of them holds the newest, the session ends for both.

use chrono::{NaiveDateTime, TimeDelta};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    sessions::{self, Session},
};

use super::{
    hex, is_open, sha256,
    tokens::{Person, access_token},
};
use crate::{
    App, audit,
    error::{Error, Result},
    lock_down,
};

/// When a session ends in any case, in days.
pub const SESSION_DAYS: i64 = 30;
/// When it ends if it is not carried on, in days.
pub const IDLE_DAYS: i64 = 7;
/// How long a refresh token may be sent again because the answer to it was lost, in seconds.
pub const AGAIN_SECONDS: i64 = 60;
/// How many sessions somebody has at once; one more ends the one that was carried on longest ago.
pub const SESSIONS_MAX: i64 = 32;

/// What somebody is given who signs in, or stays signed in.
pub struct Tokens {
    /// What requests are sent with.
    pub access_token: String,
    /// In how many seconds it ends.
    pub expires_in: i64,
    /// What it is exchanged for others with, once.
    pub refresh_token: String,
    /// In how many seconds that ends.
    pub refresh_expires_in: i64,
}

/// Begins a session.
pub(super) fn begin(app: &App, tx: &mut Tx, account: &Account) -> Result<Tokens> {
    lock_down::require_none(tx)?;
    let now = app.now();
    sessions::sweep(tx, now)?;
    sessions::end_all_but_latest(tx, account.id, SESSIONS_MAX - 1)?;
    let family = hex(&app.ids.secret());
    let ends_at = now + TimeDelta::days(SESSION_DAYS);
    let session = Session {
        id: app.ids.id(),
        account: account.id,
        family_hash: sha256(family.as_bytes()),
        token_hash: String::new(),
        former: None,
        began_at: now,
        idle_until: now,
        ends_at,
    };
    give_out(app, tx, session, &family)
}

/// Gives out the next tokens of a session.
fn give_out(app: &App, tx: &mut Tx, mut session: Session, family: &str) -> Result<Tokens> {
    let now = app.now();
    let refresh_token = format!("{family}.{}", hex(&app.ids.secret()));
    session.token_hash = sha256(refresh_token.as_bytes());
    session.idle_until = session.ends_at.min(now + TimeDelta::days(IDLE_DAYS));
    sessions::save(tx, &session)?;
    let (access_token, expires_in) = access_token(app, &session)?;
    let refresh_expires_in = (session.idle_until - now).num_seconds();
    Ok(Tokens { access_token, expires_in, refresh_token, refresh_expires_in })
}

/// Exchanges a refresh token for other tokens. What was exchanged already ends the session, unless
/// it is the last one, the answer to which may have been lost: for a short time it can be sent
/// again, and what it was exchanged for then stands no more.
///
/// # Errors
/// [`Error::SessionEnded`], and it is not said why.
pub fn refresh(app: &App, sent: &str) -> Result<Tokens> {
    let family = sent.split_once('.').ok_or(Error::SessionEnded)?.0;
    let family_hash = sha256(family.as_bytes());
    // Whoever guesses keeps no writer waiting.
    let known = app.store.read(|tx| {
        lock_down::require_none(tx)?;
        Ok::<_, Error>(sessions::of_family(tx, &family_hash)?)
    })?;
    known.ok_or(Error::SessionEnded)?;
    let renewed = audit::write(app, Area::Installation, |tx, deeds| {
        let Some(session) = sessions::of_family(tx, &family_hash)? else { return Ok(None) };
        let account = accounts::of_session(tx, session.account, session.id)?.filter(is_open);
        let id = session.id;
        deeds.by(session.account);
        match carried_on(session, &sha256(sent.as_bytes()), app.now()) {
            Some(session) if account.is_some() => give_out(app, tx, session, family).map(Some),
            // That it ends is kept, so it is no error in here.
            _ => {
                deeds.changed("session", id);
                sessions::end(tx, id).map(|()| None).map_err(Error::from)
            }
        }
    })?;
    renewed.ok_or(Error::SessionEnded)
}

/// A session that the token of this hash may carry on, as it is when that has been used.
fn carried_on(session: Session, sent: &str, now: NaiveDateTime) -> Option<Session> {
    if session.idle_until <= now {
        return None;
    }
    if session.token_hash == sent {
        let until = now + TimeDelta::seconds(AGAIN_SECONDS);
        return Some(Session { former: Some((sent.to_owned(), until)), ..session });
    }
    // As long as it is kept as the former one, what followed it was never used.
    let again = session.former.as_ref().is_some_and(|(hash, until)| hash == sent && now < *until);
    again.then_some(session)
}

/// The account of a person, if it is open and the session still stands.
///
/// # Errors
/// [`Error::Unauthenticated`] if not, [`Error::LockedDown`] if nobody is signed in.
pub fn account(tx: &mut Tx, person: Person) -> Result<Account> {
    let account = accounts::of_session(tx, person.account, person.session)?;
    let found = account.filter(is_open);
    if found.is_none() {
        // A lock-down has ended all sessions, which this process may not have noticed yet.
        lock_down::require_none(tx)?;
    }
    found.ok_or(Error::Unauthenticated)
}

/// Ends the session in which the caller's token was given out.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub fn sign_out_here(app: &App, person: Person) -> Result<()> {
    audit::write(app, Area::Installation, |tx, deeds| {
        deeds.by(account(tx, person)?.id);
        deeds.changed("session", person.session);
        Ok(sessions::end(tx, person.session)?)
    })
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub fn sign_out_everywhere(app: &App, person: Person) -> Result<()> {
    audit::write(app, Area::Installation, |tx, deeds| {
        let account = account(tx, person)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        Ok(sessions::end_all(tx, account.id)?)
    })
}
