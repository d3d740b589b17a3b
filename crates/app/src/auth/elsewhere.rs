//! Signing in elsewhere: at an identity provider, which then says who somebody is.
//!
//! It says it of what an account linked itself to, or took up its invitation with, and of nothing
//! else: no account comes to be by it, and none is found by an address or a name. Whoever is sent
//! there is told a secret that the provider never learns. What the provider is asked with follows
//! from it, and only a hash of it is kept: so only who was sent there can come back, once, and who
//! has read the database cannot.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use concord_domain::{
    credential::{BeganBy, Deed, SecondFactor, SentFor},
    fault::FaultCode,
};
use concord_oidc::{Asked, Identity, Provider, Wanted};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    identities::{self as kept, Attempt, KeptIdentity},
    sessions as kept_sessions,
};
use uuid::Uuid;

use super::{
    hex, is_open,
    second_factor::{self, FirstStep},
    sessions::{self, Proof, in_session},
    sha256,
    tokens::Person,
};
use crate::{
    App,
    audit::{self, Deeds},
    error::{Error, Result},
    lock_down,
};

/// How long somebody may be at the identity provider, in seconds.
pub const ATTEMPT_SECONDS: i64 = 10 * 60;
/// How many people are there at once, at most.
pub const ATTEMPTS_MAX: i64 = 10_000;
/// How many identities are linked to an account, at most.
pub const IDENTITIES_MAX: usize = 10;

/// What somebody is told who is sent to the identity provider.
pub struct Sent {
    /// Where to go.
    pub authorization_url: String,
    /// What comes back with them.
    pub state: String,
    /// What they come back with besides, and the provider never learns.
    pub secret: String,
}

/// What somebody comes back with.
#[derive(Clone, Copy)]
pub struct Returned<'r> {
    /// What they were sent with.
    pub state: &'r str,
    /// What they were told besides.
    pub secret: &'r str,
    /// What the provider gave them.
    pub code: &'r str,
    /// What the provider says that it is, if it does.
    pub issuer: Option<&'r str>,
}

/// Sends somebody to the identity provider to sign in, or to take up an invitation.
///
/// # Errors
/// [`Error::Conflict`] if there is no provider; [`Error::ProviderUnreachable`], [`Error::Busy`].
pub fn begin_sign_in_elsewhere(app: &App) -> Result<Sent> {
    app.store.read(lock_down::require_none)?;
    let (sent, attempt) = sent(app, SentFor::SignIn, None)?;
    audit::write(app, Area::Installation, |tx, _| begun(app, tx, &attempt))?;
    Ok(sent)
}

/// Sends the caller to the identity provider, to link what it knows them by or to prove again who
/// they are.
///
/// # Errors
/// [`Error::Conflict`] if there is no provider, or nothing linked by which to prove anything;
/// [`Error::StepUpRequired`] to link, [`Error::Forbidden`] for tools;
/// [`Error::ProviderUnreachable`], [`Error::Busy`].
pub fn begin_elsewhere(app: &App, person: Person, sent_for: SentFor) -> Result<Sent> {
    let whose = audit::read_own(app, person, |tx| {
        let (known, session) = in_session(app, tx, person)?;
        match sent_for {
            SentFor::Link => known.require(Deed::KeepCredentials)?,
            SentFor::StepUp | SentFor::SignIn => {
                if kept::of_account(tx, known.account.id)?.is_empty() {
                    let detail = "no identity is linked to your account by which to prove anything";
                    return Err(Error::Conflict(detail.to_owned()));
                }
            }
        }
        Ok((known.account.id, session))
    })?;
    let (sent, attempt) = sent(app, sent_for, Some(whose))?;
    audit::write_own(app, person, |tx, deeds| {
        deeds.by(in_session(app, tx, person)?.0.account.id);
        begun(app, tx, &attempt)
    })?;
    Ok(sent)
}

fn provider(app: &App) -> Result<&Provider> {
    let none = || Error::Conflict("this installation has no identity provider".to_owned());
    app.provider.as_deref().ok_or_else(none)
}

fn sent(app: &App, sent_for: SentFor, whose: Option<(Uuid, Uuid)>) -> Result<(Sent, Attempt)> {
    let provider = provider(app)?;
    let (state, secret) = (hex(&app.ids.secret()), hex(&app.ids.secret()));
    let asked = Asked {
        state: &state,
        nonce: &derived("nonce", &secret),
        challenge: &challenge(&derived("verifier", &secret)),
        wanted: wanted(sent_for),
    };
    let authorization_url = provider.authorization_url(&asked, seconds(app)).map_err(told)?;
    let attempt = Attempt {
        state_hash: sha256(state.as_bytes()),
        secret_hash: sha256(secret.as_bytes()),
        sent_for,
        whose,
        ends_at: app.now() + TimeDelta::seconds(ATTEMPT_SECONDS),
    };
    Ok((Sent { authorization_url, state, secret }, attempt))
}

fn begun(app: &App, tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    lock_down::require_none(tx)?;
    if kept::sweep_attempts(tx, app.now())? >= ATTEMPTS_MAX {
        return Err(Error::Busy);
    }
    Ok(kept::insert_attempt(tx, attempt)?)
}

const fn wanted(sent_for: SentFor) -> Wanted {
    match sent_for {
        SentFor::SignIn | SentFor::Link => Wanted::Identity,
        SentFor::StepUp => Wanted::FreshProof,
    }
}

/// What the provider is asked with follows from the secret, and the secret not from it.
fn derived(what: &str, secret: &str) -> String {
    sha256(format!("concord oidc {what} 1\0{secret}").as_bytes())
}

/// The challenge of a verifier (RFC 7636, S256).
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

fn seconds(app: &App) -> i64 {
    app.now().and_utc().timestamp()
}

fn told(error: concord_oidc::Error) -> Error {
    match error {
        concord_oidc::Error::Busy => Error::Busy,
        concord_oidc::Error::Refused(what) => {
            tracing::info!(what, "what came back from the identity provider is refused");
            Error::SignInRefused
        }
        concord_oidc::Error::Unreachable(what) => {
            tracing::error!(what, "the identity provider cannot be asked");
            Error::ProviderUnreachable
        }
    }
}

/// Who somebody is at the provider, who came back from it.
fn identity(app: &App, returned: &Returned<'_>, sent_for: SentFor) -> Result<Identity> {
    let redeemed = concord_oidc::Returned {
        code: returned.code,
        issuer: returned.issuer,
        verifier: &derived("verifier", returned.secret),
        nonce: &derived("nonce", returned.secret),
        wanted: wanted(sent_for),
    };
    provider(app)?.identity(&redeemed, seconds(app)).map_err(told)
}

/// The hashes of what somebody came back with.
fn hashes(returned: &Returned<'_>) -> (String, String) {
    (sha256(returned.state.as_bytes()), sha256(returned.secret.as_bytes()))
}

/// The attempt of who came back, if it is open and of this purpose and session.
fn open_attempt(
    app: &App,
    tx: &mut Tx,
    returned: &Returned<'_>,
    whose: Option<(Uuid, Uuid)>,
) -> Result<Option<Attempt>> {
    let (state, secret) = hashes(returned);
    let found = kept::attempt(tx, (&state, &secret))?;
    Ok(found.filter(|attempt| app.now() < attempt.ends_at && attempt.whose == whose))
}

/// Signs in who came back from the identity provider, or asks for the second factor unless the way
/// in which they signed in there is enough. With an invitation, its account comes to be theirs.
///
/// # Errors
/// [`Error::SignInRefused`], whatever of it is wrong, and whether or not anybody is linked to who
/// they are there; [`Error::Conflict`] if there is no provider; [`Error::ProviderUnreachable`],
/// [`Error::Busy`].
pub fn sign_in_elsewhere(
    app: &App,
    returned: &Returned<'_>,
    invitation: Option<&str>,
) -> Result<FirstStep> {
    provider(app)?;
    let done = sign_in_by(app, returned, invitation);
    if matches!(done, Err(Error::SignInRefused)) {
        let who = Deeds::of(audit::INSTALLATION, None, Vec::new());
        audit::only(app, &who, audit::Deed::Refused)?;
    }
    done
}

fn sign_in_by(app: &App, returned: &Returned<'_>, invitation: Option<&str>) -> Result<FirstStep> {
    // Whoever guesses keeps no writer waiting.
    app.store.read(|tx| {
        lock_down::require_none(tx)?;
        open_attempt(app, tx, returned, None)?.ok_or(Error::SignInRefused)
    })?;
    let is_first = audit::write(app, Area::Installation, |tx, _| {
        Ok(kept::end_attempt(tx, &hashes(returned).0)?)
    })?;
    if !is_first {
        return Err(Error::SignInRefused);
    }
    let shown = identity(app, returned, SentFor::SignIn)?;
    match invitation {
        None => signed_in(app, &shown),
        Some(code) => taken_up(app, &shown, code),
    }
}

fn signed_in(app: &App, shown: &Identity) -> Result<FirstStep> {
    audit::write(app, Area::Installation, |tx, deeds| {
        let found = kept::with_subject(tx, &subject_hash(shown))?.ok_or(Error::SignInRefused)?;
        let account = accounts::load(tx, &[found.account])?.pop().filter(is_open);
        let account = account.ok_or(Error::SignInRefused)?;
        deeds.by(account.id);
        second_factor::after_first_step(app, tx, &account, proof(app, shown))
    })
}

/// By what a session begins, whose person proved elsewhere who they are: as fresh as it is there.
fn proof(app: &App, shown: &Identity) -> Proof {
    let proved_at = shown.proved_at.and_then(DateTime::from_timestamp_secs);
    Proof {
        began_by: BeganBy::IdentityProvider,
        second_factor: shown.is_sufficient.then_some(SecondFactor::IdentityProvider),
        proved_at: proved_at.map_or(NaiveDateTime::default(), |at| at.naive_utc().min(app.now())),
    }
}

/// Nobody knows the password of an account whose invitation was taken up so. Until it is given
/// another on the command line, nobody signs in with one, and it looks like any other.
fn taken_up(app: &App, shown: &Identity, code: &str) -> Result<FirstStep> {
    let hash = app.throttle.hash(&hex(&app.ids.secret()))?;
    let kept_code = sha256(code.trim().as_bytes());
    audit::write(app, Area::Installation, |tx, deeds| {
        let account = super::invited(app, tx, &kept_code)?.ok_or(Error::SignInRefused)?;
        if kept::with_subject(tx, &subject_hash(shown))?.is_some() {
            return Err(Error::SignInRefused);
        }
        let account = Account {
            password_hash: Some(hash.clone()),
            invitation_hash: None,
            invitation_until: None,
            ..account
        };
        accounts::save(tx, &account)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        kept_sessions::end_all(tx, account.id)?;
        link(app, tx, account.id, shown)?;
        sessions::begin(app, tx, &account, proof(app, shown)).map(FirstStep::Done)
    })
}

fn subject_hash(shown: &Identity) -> String {
    sha256(format!("{}\0{}", shown.issuer, shown.subject).as_bytes())
}

fn link(app: &App, tx: &mut Tx, account: Uuid, shown: &Identity) -> Result<()> {
    let identity = KeptIdentity {
        id: app.ids.id(),
        account,
        issuer: shown.issuer.clone(),
        subject_hash: subject_hash(shown),
        linked_at: app.now(),
    };
    Ok(kept::insert(tx, &identity)?)
}

/// Does what the caller was sent to the identity provider for: links what it knows them by, or
/// notes that they proved again who they are.
///
/// # Errors
/// A fault, whatever of what they came back with is wrong; [`Error::Conflict`] if what they are
/// there is linked to another account, or is not enough for who has a second factor;
/// [`Error::Forbidden`] for tools; [`Error::ProviderUnreachable`], [`Error::Busy`].
pub fn finish_elsewhere(app: &App, person: Person, returned: &Returned<'_>) -> Result<()> {
    provider(app)?;
    let attempt = audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        let whose = Some((known.account.id, session));
        let attempt = open_attempt(app, tx, returned, whose)?.ok_or_else(not_proved)?;
        if !kept::end_attempt(tx, &attempt.state_hash)? {
            return Err(not_proved());
        }
        Ok(attempt)
    })?;
    let shown = identity(app, returned, attempt.sent_for).map_err(|error| match error {
        Error::SignInRefused => not_proved(),
        other => other,
    })?;
    audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        match attempt.sent_for {
            SentFor::Link => {
                known.require(Deed::KeepCredentials)?;
                deeds.changed("account", known.account.id);
                link_anew(app, tx, known.account.id, &shown)
            }
            SentFor::StepUp | SentFor::SignIn => {
                proved(app, tx, (known.account.id, session), &shown)
            }
        }
    })
}

fn not_proved() -> Error {
    let detail = "this does not prove who you are: it was used, took more than ten minutes, or is \
                  not what you were sent to the identity provider for; begin again";
    Error::at("code", FaultCode::WrongCode, detail)
}

fn link_anew(app: &App, tx: &mut Tx, account: Uuid, shown: &Identity) -> Result<()> {
    if let Some(there) = kept::with_subject(tx, &subject_hash(shown))? {
        let detail = "what you are at the identity provider is linked to another account; unlink \
                      it there first";
        let is_own = there.account == account;
        return if is_own { Ok(()) } else { Err(Error::Conflict(detail.to_owned())) };
    }
    if kept::of_account(tx, account)?.len() >= IDENTITIES_MAX {
        let detail = format!("you have {IDENTITIES_MAX} linked identities; unlink one first");
        return Err(Error::Conflict(detail));
    }
    link(app, tx, account, shown)
}

/// Notes that the person of a session proved elsewhere again who they are.
fn proved(
    app: &App,
    tx: &mut Tx,
    (account, session): (Uuid, Uuid),
    shown: &Identity,
) -> Result<()> {
    let found = kept::with_subject(tx, &subject_hash(shown))?;
    if found.is_none_or(|found| found.account != account) {
        return Err(not_proved());
    }
    if !shown.is_sufficient && second_factor::is_confirmed(tx, account)? {
        let detail = "you have a second factor: prove it with a code, by POST /v1/tokens/step-up";
        return Err(Error::Conflict(detail.to_owned()));
    }
    Ok(kept_sessions::prove(tx, session, proof(app, shown).proved_at)?)
}

/// What is linked to the caller's account.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn identities(app: &App, person: Person) -> Result<Vec<KeptIdentity>> {
    audit::read_own(app, person, |tx| {
        let (known, _) = in_session(app, tx, person)?;
        Ok(kept::of_account(tx, known.account.id)?)
    })
}

/// Unlinks an identity from the caller's account.
///
/// # Errors
/// [`Error::NotFound`] if it is none of the caller's; [`Error::StepUpRequired`],
/// [`Error::Forbidden`] for tools.
pub fn unlink_identity(app: &App, person: Person, id: Uuid) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        known.require(Deed::KeepCredentials)?;
        let unlinked = kept::delete(tx, known.account.id, id)?;
        if unlinked { Ok(()) } else { Err(Error::NotFound) }
    })
}
