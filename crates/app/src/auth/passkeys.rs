//! Passkeys (WebAuthn): keys that a device holds for its person and uses once it has asked them for a
//! PIN, a finger or a face. So one is both a first and a second factor, and a proof that is fresh.
//!
//! Of each the public half is kept. A challenge is good once, for a few minutes, for what it was
//! given out for and, but for signing in, in the session in which it was; it is used up whatever
//! comes of it. Who signs in says no login: the device names the passkey, and whatever is wrong has
//! one answer.

use chrono::TimeDelta;
use concord_domain::{
    credential::{AskedFor, BeganBy, Deed, SecondFactor},
    fault::FaultCode,
};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    passkeys::{self as kept, KeptPasskey, PasskeyChallenge},
    sessions as kept_sessions,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    is_open,
    relying_party::{self, Refused, RelyingParty},
    sessions::{self, Known, Proof, Tokens, in_session},
    sha256,
    tokens::Person,
    tools::checked_name,
};
use crate::{
    App,
    audit::{self, Deeds},
    error::{Error, Result},
    lock_down,
};

/// For how long a passkey that is asked for can be shown, in seconds.
pub const CHALLENGE_SECONDS: i64 = 5 * 60;
/// How many people who are not signed in are asked for one at once, at most.
pub const CHALLENGES_MAX: i64 = 10_000;
/// How many passkeys somebody has, at most.
pub const PASSKEYS_MAX: usize = 20;

/// What a browser answers when a device has made a passkey, as it writes it (WebAuthn,
/// `RegistrationResponseJSON`).
#[derive(Clone, Copy)]
pub struct Made<'m> {
    /// What the device calls it.
    pub raw_id: &'m str,
    /// What the device was asked, and where.
    pub client_data: &'m str,
    /// The public half, with what is said of it.
    pub attestation: &'m str,
}

/// What a browser answers when a device shows a passkey, as it writes it (WebAuthn,
/// `AuthenticationResponseJSON`).
#[derive(Clone, Copy)]
pub struct Shown<'s> {
    /// What the device calls it.
    pub raw_id: &'s str,
    /// What the device was asked, and where.
    pub client_data: &'s str,
    /// What the device says of itself and of its person.
    pub authenticator_data: &'s str,
    /// That it says so.
    pub signature: &'s str,
    /// Whose passkey it is, as the device was told when it made it.
    pub user_handle: Option<&'s str>,
}

/// Why a passkey is not taken: whose it is, as far as that is known, and whether there is a copy.
#[derive(Clone, Copy, Default)]
struct Refusal {
    whose: Option<(Uuid, Uuid)>,
    is_copied: bool,
}

fn relying_party(app: &App) -> Result<&RelyingParty> {
    let none = || Error::Conflict("this installation has no address for passkeys".to_owned());
    app.relying_party.as_deref().ok_or_else(none)
}

fn challenge_for(
    app: &App,
    challenge: &[u8],
    asked_for: AskedFor,
    whose: Option<(Uuid, Uuid)>,
) -> PasskeyChallenge {
    let ends_at = app.now() + TimeDelta::seconds(CHALLENGE_SECONDS);
    PasskeyChallenge { hash: sha256(challenge), asked_for, whose, ends_at }
}

fn keep(app: &App, tx: &mut Tx, challenge: &PasskeyChallenge) -> Result<()> {
    lock_down::require_none(tx)?;
    let open = kept::sweep_challenges(tx, app.now())?;
    if challenge.whose.is_none() && open >= CHALLENGES_MAX {
        return Err(Error::Busy);
    }
    Ok(kept::insert_challenge(tx, challenge)?)
}

/// The challenge that is answered, if it is open and was given out for this.
fn open_challenge(
    app: &App,
    tx: &mut Tx,
    client_data: &str,
    (asked_for, whose): (AskedFor, Option<(Uuid, Uuid)>),
) -> Result<Option<Vec<u8>>> {
    let Some(challenge) = relying_party::challenge_of(client_data) else { return Ok(None) };
    let found = kept::challenge(tx, &sha256(&challenge))?;
    let is_this = |found: &PasskeyChallenge| {
        found.asked_for == asked_for && found.whose == whose && app.now() < found.ends_at
    };
    Ok(found.filter(is_this).map(|_| challenge))
}

/// Asks the caller's device to make a passkey: what its browser is to be asked.
///
/// # Errors
/// [`Error::Conflict`] if the caller has as many as one can have; [`Error::StepUpRequired`],
/// [`Error::Forbidden`] for tools.
pub fn begin_passkey(app: &App, person: Person) -> Result<Value> {
    let secret = app.ids.secret();
    audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        known.require(Deed::KeepCredentials)?;
        let all = with_room(tx, known.account.id)?;
        let whose = Some((known.account.id, session));
        keep(app, tx, &challenge_for(app, &secret, AskedFor::Registration, whose))?;
        relying_party(app)?.creation(&secret, &known.account, &all)
    })
}

/// The passkeys of an account that can have one more.
fn with_room(tx: &mut Tx, account: Uuid) -> Result<Vec<KeptPasskey>> {
    let all = kept::of_account(tx, account)?;
    if all.len() >= PASSKEYS_MAX {
        let detail = format!("you have {PASSKEYS_MAX} passkeys; remove one first");
        return Err(Error::Conflict(detail));
    }
    Ok(all)
}

/// Keeps a passkey that the caller's device has made when it was asked to.
///
/// # Errors
/// A fault, whatever of it is wrong; [`Error::Conflict`] if it is kept already;
/// [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn add_passkey(app: &App, person: Person, name: &str, made: &Made<'_>) -> Result<KeptPasskey> {
    let id = app.ids.id();
    let (account, challenge) = audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        known.require(Deed::KeepCredentials)?;
        checked_name(name)?;
        let whose = Some((known.account.id, session));
        let asked = (AskedFor::Registration, whose);
        let challenge = open_challenge(app, tx, made.client_data, asked)?;
        let challenge = challenge.ok_or_else(not_shown)?;
        kept::end_challenge(tx, &sha256(&challenge))?;
        Ok((known.account, challenge))
    })?;
    let new = relying_party(app)?.registered(&challenge, &account, made).map_err(told)?;
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        deeds.changed("passkey", id);
        known.require(Deed::KeepCredentials)?;
        with_room(tx, known.account.id)?;
        if kept::with_credential(tx, &new.credential_id)?.is_some() {
            let detail = "this passkey is kept already; let the device make another";
            return Err(Error::Conflict(detail.to_owned()));
        }
        let passkey = KeptPasskey {
            id,
            account: known.account.id,
            credential_id: new.credential_id.clone(),
            public_key: new.public_key.clone(),
            algorithm: new.algorithm,
            sign_count: new.sign_count,
            name: name.to_owned(),
            made_at: app.now(),
            used_at: None,
        };
        kept::insert(tx, &passkey)?;
        Ok(passkey)
    })
}

fn told(refused: Refused) -> Error {
    if let Refused::Because(what) = refused {
        tracing::info!(what, "a passkey is refused");
    }
    not_shown()
}

fn not_shown() -> Error {
    let detail = "this is not what was asked for: it was sent already, took more than five minutes, \
                  was made at another address, or for something else; begin again";
    Error::at("credential", FaultCode::WrongCode, detail)
}

/// The caller's passkeys, those that were brought in first first.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn passkeys(app: &App, person: Person) -> Result<Vec<KeptPasskey>> {
    audit::read_own(app, person, |tx| {
        let (known, _) = in_session(app, tx, person)?;
        Ok(kept::of_account(tx, known.account.id)?)
    })
}

/// Calls one of the caller's passkeys something else.
///
/// # Errors
/// What is wrong with the name; [`Error::NotFound`] if it is none of the caller's;
/// [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn rename_passkey(app: &App, person: Person, id: Uuid, name: &str) -> Result<KeptPasskey> {
    audit::write_own(app, person, |tx, deeds| {
        let known = keeping(app, tx, person, deeds, id)?;
        checked_name(name)?;
        if !kept::rename(tx, known.account.id, id, name)? {
            return Err(Error::NotFound);
        }
        let all = kept::of_account(tx, known.account.id)?;
        all.into_iter().find(|each| each.id == id).ok_or(Error::NotFound)
    })
}

/// Removes one of the caller's passkeys: nobody signs in with it any more.
///
/// # Errors
/// [`Error::NotFound`] if it is none of the caller's; [`Error::StepUpRequired`],
/// [`Error::Forbidden`] for tools.
pub fn remove_passkey(app: &App, person: Person, id: Uuid) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let known = keeping(app, tx, person, deeds, id)?;
        let removed = kept::delete(tx, known.account.id, id)?;
        if removed { Ok(()) } else { Err(Error::NotFound) }
    })
}

/// Who the caller is, who changes a passkey and has proved just now who they are.
fn keeping(app: &App, tx: &mut Tx, person: Person, deeds: &Deeds, id: Uuid) -> Result<Known> {
    let (known, _) = in_session(app, tx, person)?;
    deeds.by(known.account.id);
    deeds.changed("account", known.account.id);
    deeds.changed("passkey", id);
    known.require(Deed::KeepCredentials)?;
    Ok(known)
}

/// Asks whoever signs in for a passkey: what the browser is to be asked. It is the same for everybody.
///
/// # Errors
/// [`Error::Busy`] while too many are asked.
pub fn begin_passkey_sign_in(app: &App) -> Result<Value> {
    let secret = app.ids.secret();
    let options = relying_party(app)?.request(&secret, &[])?;
    let challenge = challenge_for(app, &secret, AskedFor::SignIn, None);
    audit::write(app, Area::Installation, |tx, _| keep(app, tx, &challenge))?;
    Ok(options)
}

/// Signs in whose passkey was shown.
///
/// # Errors
/// [`Error::SignInRefused`], whatever of it is wrong and whether or not anybody has such a passkey;
/// [`Error::TooManyTries`].
pub fn sign_in_by_passkey(app: &App, shown: &Shown<'_>) -> Result<Tokens> {
    // Whoever guesses keeps no writer waiting.
    let challenge = app.store.read(|tx| {
        lock_down::require_none(tx)?;
        open_challenge(app, tx, shown.client_data, (AskedFor::SignIn, None))
    })?;
    // Nothing is kept of it either: whoever is not asked for a passkey could send any number.
    let Some(challenge) = challenge else { return Err(Error::SignInRefused) };
    app.throttle.begin(&counted_as(shown), app.now())?;
    let done = audit::write(app, Area::Installation, |tx, deeds| {
        // That the challenge is used up is kept, so whatever refuses is no error in here.
        if !kept::end_challenge(tx, &sha256(&challenge))? {
            return Ok(Err(Refusal::default()));
        }
        let passkey = match verified(app, tx, (&challenge, None), shown)? {
            Ok(passkey) => passkey,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let refusal = Refusal { whose: Some((passkey.account, passkey.id)), is_copied: false };
        let names = shown.user_handle.and_then(relying_party::decoded);
        let account = accounts::load(tx, &[passkey.account])?.pop().filter(is_open);
        let account = account.filter(|account| names.as_deref() == Some(account.id.as_bytes()));
        let Some(account) = account else { return Ok(Err(refusal)) };
        deeds.by(account.id);
        begin_session(app, tx, &account).map(Ok)
    })?;
    match done {
        Ok(tokens) => {
            app.throttle.succeeded(&counted_as(shown));
            Ok(tokens)
        }
        Err(refusal) => refused(app, refusal),
    }
}

/// What the tries with a passkey are counted under, whether or not there is such a one.
fn counted_as(shown: &Shown<'_>) -> String {
    let credential_id = relying_party::decoded(shown.raw_id).unwrap_or_default();
    format!("PASSKEY {}", sha256(&credential_id))
}

/// Begins a session for which no second factor is asked: the device has asked its person.
fn begin_session(app: &App, tx: &mut Tx, account: &Account) -> Result<Tokens> {
    let second_factor = Some(SecondFactor::UserVerification);
    let proof = Proof { second_factor, ..Proof::now(app, BeganBy::Passkey) };
    sessions::begin(app, tx, account, proof)
}

/// The passkey that was shown, if it is known, of this account if one is named, and good; that it was
/// is noted with it.
fn verified(
    app: &App,
    tx: &mut Tx,
    (challenge, of): (&[u8], Option<Uuid>),
    shown: &Shown<'_>,
) -> Result<std::result::Result<KeptPasskey, Refusal>> {
    let known = match relying_party::decoded(shown.raw_id) {
        Some(credential_id) => kept::with_credential(tx, &credential_id)?,
        None => None,
    };
    let known = known.filter(|known| of.is_none_or(|of| known.account == of));
    let Some(passkey) = known else { return Ok(Err(Refusal::default())) };
    match relying_party(app)?.shown(challenge, &passkey, shown) {
        Ok(sign_count) => {
            kept::shown(tx, passkey.id, sign_count, app.now())?;
            Ok(Ok(passkey))
        }
        Err(why) => {
            if let Refused::Because(what) = why {
                tracing::info!(what, "a passkey is refused");
            }
            let whose = Some((passkey.account, passkey.id));
            Ok(Err(Refusal { whose, is_copied: why == Refused::Copied }))
        }
    }
}

/// Records that a passkey was refused, and answers what is answered to all of them.
fn refused<T>(app: &App, refusal: Refusal) -> Result<T> {
    record(app, refusal)?;
    Err(Error::SignInRefused)
}

fn record(app: &App, refusal: Refusal) -> Result<()> {
    let Some((account, passkey)) = refusal.whose else {
        let who = Deeds::of(audit::INSTALLATION, None, Vec::new());
        return audit::only(app, &who, audit::Deed::Refused);
    };
    let kind = if refusal.is_copied { "copied_passkey" } else { "passkey" };
    if refusal.is_copied {
        tracing::warn!(%passkey, "a passkey has signed less often than it had before");
    }
    let who = Deeds::of(audit::INSTALLATION, Some(account), Vec::new());
    audit::refused(app, &who, (kind, passkey))
}

/// Asks the caller to show one of their passkeys, to prove again who they are: what the browser is to
/// be asked.
///
/// # Errors
/// [`Error::Conflict`] if the caller has none; [`Error::Forbidden`] for tools.
pub fn begin_passkey_step_up(app: &App, person: Person) -> Result<Value> {
    let secret = app.ids.secret();
    audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        let all = kept::of_account(tx, known.account.id)?;
        if all.is_empty() {
            let detail =
                "you have no passkey; POST /v1/tokens/step-up takes a code or the password";
            return Err(Error::Conflict(detail.to_owned()));
        }
        let whose = Some((known.account.id, session));
        keep(app, tx, &challenge_for(app, &secret, AskedFor::StepUp, whose))?;
        relying_party(app)?.request(&secret, &all)
    })
}

/// Proves again who the caller is, by one of their passkeys. The session then counts as fresh for
/// [`FRESH_SECONDS`](concord_domain::credential::FRESH_SECONDS).
///
/// # Errors
/// A fault, whatever of it is wrong; [`Error::TooManyTries`], counted as tries to sign in are;
/// [`Error::Forbidden`] for tools.
pub fn step_up_by_passkey(app: &App, person: Person, shown: &Shown<'_>) -> Result<()> {
    audit::read_own(app, person, |tx| in_session(app, tx, person))?;
    app.throttle.begin(&counted_as(shown), app.now())?;
    let done = audit::write_own(app, person, |tx, deeds| {
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        let asked = (AskedFor::StepUp, Some((known.account.id, session)));
        let Some(challenge) = open_challenge(app, tx, shown.client_data, asked)? else {
            return Ok(Err(Refusal::default()));
        };
        kept::end_challenge(tx, &sha256(&challenge))?;
        let done = verified(app, tx, (&challenge, Some(known.account.id)), shown)?;
        if done.is_ok() {
            kept_sessions::prove(tx, session, app.now())?;
        }
        Ok(done.map(|_| ()))
    })?;
    if let Err(refusal) = done {
        if refusal.whose.is_some() {
            record(app, refusal)?;
        }
        return Err(not_shown());
    }
    app.throttle.succeeded(&counted_as(shown));
    Ok(())
}
