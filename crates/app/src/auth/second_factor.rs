//! The second factor: codes that change each half minute (TOTP, RFC 6238), and codes on paper that
//! stand in for them.
//!
//! It is asked for once the person has shown that they have it, and then always. A code is good
//! once, and none before it is. Tries are counted for the account, so another challenge gives no
//! more of them; after many wrong ones in a row only a recovery code leads on.

use chrono::{NaiveDateTime, TimeDelta};
use concord_domain::{
    credential::{Deed, SecondFactor},
    fault::FaultCode,
};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    credentials::{self, Challenge, KeptFactor},
    sessions as kept,
};
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use super::{
    hex, is_open,
    sessions::{self, Proof, Tokens, in_session},
    sha256,
    tokens::Person,
};
use crate::{
    App,
    audit::{self, Deeds},
    error::{Error, Result},
};

/// How long the first of two steps leads on to the second, in seconds.
pub const CHALLENGE_SECONDS: i64 = 5 * 60;
/// How many recovery codes somebody is given.
pub const RECOVERY_CODES: usize = 10;
/// After how many wrong tries in a row no code is good any more, but only a recovery code. A million
/// codes, three of which are good at a time, give whoever guesses so often one chance in 3,000.
pub const WRONG_TRIES_MAX: i64 = 100;
/// How many bytes the secret has, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// How many bytes a recovery code has, which is more than anybody can try.
const RECOVERY_BYTES: usize = 10;

/// What somebody is answered who made the first step of signing in.
pub enum FirstStep {
    /// There is no other: they are signed in.
    Done(Tokens),
    /// A second factor is asked for: what leads on to it.
    Challenge(String),
}

impl FirstStep {
    /// The tokens, if that was all.
    #[must_use]
    pub fn done(self) -> Option<Tokens> {
        match self {
            Self::Done(tokens) => Some(tokens),
            Self::Challenge(_) => None,
        }
    }
}

/// What is told once of a second factor, to be put into an app.
pub struct Enrolled {
    /// The address that such apps read.
    pub uri: String,
    /// The secret alone, to be typed.
    pub secret: String,
}

/// What there is of a second factor.
pub struct Standing {
    /// Since when it is asked for.
    pub since: Option<NaiveDateTime>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
}

/// What makes and checks the codes of a secret.
fn totp(secret: &[u8], login: &str) -> Result<Totp> {
    // A colon divides the issuer from the account in such an address.
    let name = login.replace(':', "-");
    let built = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(name)
        .with_issuer(Some("Concord"))
        .build();
    built.map_err(|error| Error::Internal(error.to_string()))
}

/// What the tries of a second factor are counted under, which is no login.
fn counted_as(account: Uuid) -> String {
    format!("SECOND FACTOR OF {account}")
}

/// The confirmed second factor of an account.
fn confirmed(tx: &mut Tx, account: Uuid) -> Result<Option<KeptFactor>> {
    let found = credentials::factor(tx, account)?;
    Ok(found.filter(|factor| factor.confirmed_at.is_some()))
}

/// Whether an account has a second factor that is asked for.
pub(super) fn is_confirmed(tx: &mut Tx, account: Uuid) -> Result<bool> {
    Ok(confirmed(tx, account)?.is_some())
}

/// Begins a session after the first step, or asks for the second factor, unless one was shown with
/// it.
pub(super) fn after_first_step(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    proof: Proof,
) -> Result<FirstStep> {
    if proof.second_factor.is_some() || !is_confirmed(tx, account.id)? {
        return sessions::begin(app, tx, account, proof).map(FirstStep::Done);
    }
    let told = hex(&app.ids.secret());
    let challenge = Challenge {
        hash: sha256(told.as_bytes()),
        account: account.id,
        began_by: proof.began_by,
        ends_at: app.now() + TimeDelta::seconds(CHALLENGE_SECONDS),
    };
    credentials::insert_challenge(tx, &challenge, app.now())?;
    Ok(FirstStep::Challenge(told))
}

/// Signs in who made the first step and now shows the second factor.
///
/// # Errors
/// [`Error::SignInRefused`], whether the challenge or the code is wrong; [`Error::TooManyTries`].
pub fn second_step(app: &App, challenge: &str, code: &str) -> Result<Tokens> {
    let hash = sha256(challenge.as_bytes());
    // Whoever guesses keeps no writer waiting.
    let known = app.store.read(|tx| Ok::<_, Error>(credentials::challenge(tx, &hash)?))?;
    let account = known.ok_or(Error::SignInRefused)?.account;
    app.throttle.begin(&counted_as(account), app.now())?;
    let tokens = audit::write(app, Area::Installation, |tx, deeds| {
        let found = credentials::challenge(tx, &hash)?;
        let Some(challenge) = found.filter(|challenge| app.now() < challenge.ends_at) else {
            return Ok(None);
        };
        let account = accounts::load(tx, &[challenge.account])?.pop().filter(is_open);
        let Some(account) = account else { return Ok(None) };
        deeds.by(account.id);
        // That a wrong code was tried is kept, so it is no error in here.
        let Some(shown) = used(app, tx, &account, code)? else { return Ok(None) };
        credentials::end_challenges(tx, account.id)?;
        let second_factor = Some(shown);
        let proof = Proof { second_factor, ..Proof::now(app, challenge.began_by) };
        sessions::begin(app, tx, &account, proof).map(Some)
    })?;
    let Some(tokens) = tokens else {
        let who = Deeds::of(audit::INSTALLATION, Some(account), Vec::new());
        audit::only(app, &who, audit::Deed::Refused)?;
        return Err(Error::SignInRefused);
    };
    app.throttle.succeeded(&counted_as(account));
    Ok(tokens)
}

/// Uses a code up, if it is good, and says by what it was known; or counts a wrong one.
fn used(app: &App, tx: &mut Tx, account: &Account, code: &str) -> Result<Option<SecondFactor>> {
    let Some(mut factor) = confirmed(tx, account.id)? else { return Ok(None) };
    let step = step_of(app, &factor, &account.login, code)?;
    let recovery = sha256(as_kept(code).as_bytes());
    let shown = if let Some(step) = step.filter(|_| factor.wrong_tries < WRONG_TRIES_MAX) {
        factor.used_step = step;
        Some(SecondFactor::Code)
    } else if credentials::use_recovery_code(tx, account.id, &recovery)? {
        Some(SecondFactor::RecoveryCode)
    } else {
        None
    };
    factor.wrong_tries = if shown.is_some() { 0 } else { factor.wrong_tries + 1 };
    credentials::save_factor(tx, &factor)?;
    Ok(shown)
}

/// The half minute of a code, if it is of now or of the half minute before or after, and neither it
/// nor a later one was used.
fn step_of(app: &App, factor: &KeptFactor, login: &str, code: &str) -> Result<Option<i64>> {
    let now = u64::try_from(app.now().and_utc().timestamp()).unwrap_or_default();
    let step = totp(&factor.secret, login)?.check(code.trim(), now);
    let step = step.and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| factor.used_step < *step))
}

/// A recovery code as it is kept, however it was typed.
pub(crate) fn as_kept(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase()
}

/// What there is of the caller's second factor.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn second_factor(app: &App, person: Person) -> Result<Standing> {
    audit::read_own(app, person, |tx| {
        let id = in_session(app, tx, person)?.0.account.id;
        let since = confirmed(tx, id)?.and_then(|factor| factor.confirmed_at);
        let recovery_codes_left = credentials::recovery_codes_left(tx, id)?;
        Ok(Standing { since, recovery_codes_left })
    })
}

/// Begins to bring in a second factor. What is answered is told once; until it is confirmed by a
/// code it changes nothing, and is replaced when this is called again.
///
/// # Errors
/// [`Error::Conflict`] if there is one; [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn enrol(app: &App, person: Person) -> Result<Enrolled> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        known.require(Deed::KeepCredentials)?;
        if confirmed(tx, known.account.id)?.is_some() {
            let detail = "you have a second factor; remove it to bring in another";
            return Err(Error::Conflict(detail.to_owned()));
        }
        let secret = app.ids.secret()[..SECRET_BYTES].to_vec();
        let totp = totp(&secret, &known.account.login)?;
        let uri = totp.to_url().map_err(|error| Error::Internal(error.to_string()))?;
        let told = totp.secret().to_base32();
        let account = known.account.id;
        let (confirmed_at, used_step, wrong_tries) = (None, -1, 0);
        let factor = KeptFactor { account, secret, confirmed_at, used_step, wrong_tries };
        credentials::save_factor(tx, &factor)?;
        Ok(Enrolled { uri, secret: told })
    })
}

/// Confirms a second factor by one of its codes. From now on it is asked for; the caller's other
/// sessions, which began without it, end. The recovery codes that are answered are told once.
///
/// # Errors
/// [`Error::Conflict`] if there is none to be confirmed; a fault if the code is wrong;
/// [`Error::TooManyTries`], [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn confirm(app: &App, person: Person, code: &str) -> Result<Vec<String>> {
    let (known, session) = audit::read_own(app, person, |tx| {
        let (known, session) = in_session(app, tx, person)?;
        known.require(Deed::KeepCredentials)?;
        Ok((known, session))
    })?;
    let account = known.account;
    app.throttle.begin(&counted_as(account.id), app.now())?;
    let codes = audit::write_own(app, person, |tx, deeds| {
        in_session(app, tx, person)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        let found = credentials::factor(tx, account.id)?;
        let Some(factor) = found.filter(|factor| factor.confirmed_at.is_none()) else {
            let detail = "there is no second factor to be confirmed; begin to bring one in";
            return Err(Error::Conflict(detail.to_owned()));
        };
        let step = step_of(app, &factor, &account.login, code)?;
        let used_step = step.ok_or_else(wrong_code)?;
        let confirmed_at = Some(app.now());
        credentials::save_factor(tx, &KeptFactor { confirmed_at, used_step, ..factor })?;
        credentials::end_challenges(tx, account.id)?;
        kept::end_others(tx, account.id, session)?;
        new_recovery_codes(app, tx, account.id)
    })?;
    app.throttle.succeeded(&counted_as(account.id));
    Ok(codes)
}

fn wrong_code() -> Error {
    let detail = "this is no code of your second factor that is good now, or it was used already; \
                  wait for the next one. After very many wrong ones only a recovery code is taken";
    Error::at("code", FaultCode::WrongCode, detail)
}

/// Other recovery codes in place of all former ones.
fn new_recovery_codes(app: &App, tx: &mut Tx, account: Uuid) -> Result<Vec<String>> {
    let codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| hex(&app.ids.secret()[..RECOVERY_BYTES])).collect();
    let hashes: Vec<String> = codes.iter().map(|code| sha256(code.as_bytes())).collect();
    credentials::replace_recovery_codes(tx, account, &hashes)?;
    Ok(codes.iter().map(|code| readable(code)).collect())
}

/// In groups of five, so that it can be copied from paper.
pub(crate) fn readable(code: &str) -> String {
    let groups: Vec<&str> =
        (0..code.len()).step_by(5).filter_map(|at| code.get(at..at + 5)).collect();
    groups.join("-")
}

/// Gives the caller other recovery codes; the former ones are good for nothing any more.
///
/// # Errors
/// [`Error::Conflict`] if there is no second factor; [`Error::StepUpRequired`],
/// [`Error::Forbidden`] for tools.
pub fn renew_recovery_codes(app: &App, person: Person) -> Result<Vec<String>> {
    audit::write_own(app, person, |tx, deeds| {
        let account = with_factor(app, tx, person)?;
        deeds.by(account);
        deeds.changed("account", account);
        new_recovery_codes(app, tx, account)
    })
}

/// Removes the caller's second factor, with its recovery codes.
///
/// # Errors
/// [`Error::Conflict`] if there is none; [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn remove(app: &App, person: Person) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let account = with_factor(app, tx, person)?;
        deeds.by(account);
        deeds.changed("account", account);
        Ok(credentials::delete_factor(tx, account)?)
    })
}

/// The account of a caller who has a second factor and has proved just now who they are.
fn with_factor(app: &App, tx: &mut Tx, person: Person) -> Result<Uuid> {
    let (known, _) = in_session(app, tx, person)?;
    known.require(Deed::KeepCredentials)?;
    let detail = "you have no second factor";
    let found = confirmed(tx, known.account.id)?;
    found.map(|_| known.account.id).ok_or_else(|| Error::Conflict(detail.to_owned()))
}

/// Proves again who the caller is: by a code of the second factor, or by the password if there is
/// none. The session then counts as fresh for [`FRESH_SECONDS`](concord_domain::credential::FRESH_SECONDS).
///
/// # Errors
/// A fault if what is needed is missing or wrong; [`Error::TooManyTries`], counted as tries to sign
/// in are; [`Error::Forbidden`] for tools.
pub fn step_up(
    app: &App,
    person: Person,
    (password, code): (Option<&str>, Option<&str>),
) -> Result<()> {
    let (account, has_factor) = audit::read_own(app, person, |tx| {
        let account = in_session(app, tx, person)?.0.account;
        let has_factor = confirmed(tx, account.id)?.is_some();
        Ok::<_, Error>((account, has_factor))
    })?;
    if has_factor {
        let detail = "`code` is needed: you have a second factor";
        let code = code.ok_or_else(|| Error::at("code", FaultCode::Missing, detail))?;
        app.throttle.begin(&counted_as(account.id), app.now())?;
        let shown = audit::write_own(app, person, |tx, deeds| {
            let (known, session) = in_session(app, tx, person)?;
            deeds.by(known.account.id);
            let shown = used(app, tx, &known.account, code)?;
            if shown.is_some() {
                kept::prove(tx, session, app.now())?;
            }
            Ok(shown)
        })?;
        shown.ok_or_else(wrong_code)?;
        app.throttle.succeeded(&counted_as(account.id));
        return Ok(());
    }
    let detail = "`password` is needed: you have no second factor";
    let password = password.ok_or_else(|| Error::at("password", FaultCode::Missing, detail))?;
    app.throttle.begin(&account.login, app.now())?;
    if !app.throttle.is_right(password, account.password_hash.as_deref()) {
        let detail = "this is not the password that you sign in with";
        return Err(Error::at("password", FaultCode::WrongPassword, detail));
    }
    app.throttle.succeeded(&account.login);
    audit::write_own(app, person, |tx, deeds| {
        // Had the password been changed meanwhile, or a second factor been brought in, elsewhere,
        // this session would have ended.
        let (known, session) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        Ok(kept::prove(tx, session, app.now())?)
    })
}
