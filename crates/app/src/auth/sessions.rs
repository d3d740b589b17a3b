//! Sessions: what begins when somebody signs in, is carried on by refresh tokens, and ends.
//!
//! A refresh token has two parts that nobody can guess. The first stays as long as the session,
//! and so tells whose it is; the second is another one each time. What begins like a session's
//! tokens and is not the one that is to come was used before, by its owner or by a thief: since
//! nobody can say which of them holds the newest, the session ends for both.

use chrono::{NaiveDateTime, TimeDelta};
use concord_domain::credential::{Admission, Assurance, BeganBy, Deed, SecondFactor};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    credentials,
    sessions::{self, Session},
};
use uuid::Uuid;

use super::{
    hex, is_open, sha256,
    tokens::{Credential, Person, access_token},
    tools,
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

/// How somebody who signs in has proved who they are.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    /// By what.
    pub began_by: BeganBy,
    /// By which second factor besides.
    pub second_factor: Option<SecondFactor>,
    /// When.
    pub proved_at: NaiveDateTime,
}

impl Proof {
    /// What was shown to this server a moment ago.
    pub fn now(app: &App, began_by: BeganBy) -> Self {
        Self { began_by, second_factor: None, proved_at: app.now() }
    }
}

/// Begins a session.
pub(super) fn begin(app: &App, tx: &mut Tx, account: &Account, proof: Proof) -> Result<Tokens> {
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
        carried_on_at: now,
        proved_at: proof.proved_at,
        began_by: proof.began_by,
        second_factor: proof.second_factor,
    };
    give_out(app, tx, session, &family)
}

/// Gives out the next tokens of a session.
fn give_out(app: &App, tx: &mut Tx, mut session: Session, family: &str) -> Result<Tokens> {
    let now = app.now();
    let refresh_token = format!("{family}.{}", hex(&app.ids.secret()));
    session.token_hash = sha256(refresh_token.as_bytes());
    session.carried_on_at = now;
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
        let known = accounts::of_session(tx, session.account, session.id)?;
        let account = known.filter(|(account, _)| is_open(account));
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

/// Somebody who is known: the account, and how sure it is that it is its person.
pub struct Known {
    /// The account.
    pub account: Account,
    /// How sure it is.
    pub assurance: Assurance,
}

impl Known {
    /// Refuses what needs to be surer than it is.
    ///
    /// # Errors
    /// [`Error::StepUpRequired`], and [`Error::Forbidden`] for tools.
    pub fn require(&self, deed: impl Into<Deed>) -> Result<()> {
        admit(self.assurance, deed.into())
    }
}

/// Refuses what needs to be surer than this that the caller is the person.
pub(crate) fn admit(assurance: Assurance, deed: Deed) -> Result<()> {
    match assurance.admits(deed) {
        Admission::Enough => Ok(()),
        Admission::NeedsProof => Err(Error::StepUpRequired),
        Admission::Never => Err(Error::Forbidden(
            "a token for a tool does no more than it was made for; sign in as a person",
        )),
    }
}

/// Who a person is, if the account is open and the session, or the token of the tool, still
/// stands.
///
/// # Errors
/// [`Error::Unauthenticated`] if not, [`Error::LockedDown`] if nobody is signed in.
pub fn known(app: &App, tx: &mut Tx, person: Person) -> Result<Known> {
    let known = match person.credential {
        Credential::Session { account, session } => {
            let found = accounts::of_session(tx, account, session)?;
            found.map(|(account, proved_at)| (account, Assurance::of_session(proved_at, app.now())))
        }
        Credential::Tool(hash) => {
            // It outlives a lock-down that another process has begun and this has not seen.
            lock_down::require_none(tx)?;
            tools::owner(app, tx, &hash)?
        }
    };
    let known = known.filter(|(account, _)| is_open(account));
    if known.is_none() {
        // A lock-down has ended all sessions, which this process may not have noticed yet.
        lock_down::require_none(tx)?;
    }
    known.map(|(account, assurance)| Known { account, assurance }).ok_or(Error::Unauthenticated)
}

/// Who a person is who acts for themselves, not through a tool, and in which session.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub(crate) fn in_session(app: &App, tx: &mut Tx, person: Person) -> Result<(Known, Uuid)> {
    let known = known(app, tx, person)?;
    match person.credential {
        Credential::Session { session, .. } => Ok((known, session)),
        Credential::Tool(_) => Err(Error::Forbidden(
            "a token for a tool does no more than it was made for; sign in as a person",
        )),
    }
}

/// One's sessions, those that were carried on last first, each with whether it is this one.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn own_sessions(app: &App, person: Person) -> Result<Vec<(Session, bool)>> {
    audit::read_own(app, person, |tx| {
        let (known, here) = in_session(app, tx, person)?;
        let all = sessions::of_account(tx, known.account.id, app.now())?;
        let marked = all.into_iter().map(|session| {
            let is_this = session.id == here;
            (session, is_this)
        });
        Ok(marked.collect())
    })
}

/// Ends one of one's sessions, at once.
///
/// # Errors
/// [`Error::NotFound`] if it is none of one's own; [`Error::Forbidden`] for tools.
pub fn end_session(app: &App, person: Person, id: Uuid) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("session", id);
        let ended = sessions::end_of_account(tx, known.account.id, id)?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    })
}

/// Ends the session in which the caller's token was given out.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn sign_out_here(app: &App, person: Person) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("session", session);
        Ok(sessions::end(tx, session)?)
    })
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn sign_out_everywhere(app: &App, person: Person) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        credentials::end_challenges(tx, known.account.id)?;
        Ok(sessions::end_all(tx, known.account.id)?)
    })
}
