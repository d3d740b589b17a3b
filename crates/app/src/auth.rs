//! Who somebody is: passwords, sessions, tokens, keys.

use aws_lc_rs::digest;
use concord_domain::fault::FaultCode;
use concord_store::{
    Area,
    accounts::{self, Account},
    sessions as kept,
};

use crate::{
    App,
    audit::{self, Deed, Deeds},
    error::{Error, Result},
    lock_down,
};

mod keys;
mod passwords;
mod sessions;
mod tokens;

pub use keys::{FormerKeys, KeyRing, Keys};
pub use passwords::{PASSWORD_CHARS, Throttle, hash_new};
pub use sessions::{
    AGAIN_SECONDS, IDLE_DAYS, SESSION_DAYS, SESSIONS_MAX, Tokens, account, refresh,
    sign_out_everywhere, sign_out_here,
};
pub use tokens::{Person, authenticate};

/// How long an access token holds, in seconds.
pub const TOKEN_SECONDS: i64 = 15 * 60;
/// How long an invitation is open, in days.
pub const INVITATION_DAYS: i64 = 7;
/// The longest login, in characters.
pub const LOGIN_CHARS_MAX: usize = 100;

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of some bytes, as hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A login as it is compared. Nothing is left out of it: what no account can be called is nobody's.
#[must_use]
pub fn normalized(login: &str) -> String {
    login.trim().to_lowercase().chars().take(LOGIN_CHARS_MAX + 1).collect()
}

const fn is_open(account: &Account) -> bool {
    account.password_hash.is_some() && !account.is_disabled
}

/// Signs somebody in. The answer takes as long, and says as much, whether the login or the
/// password is wrong.
///
/// # Errors
/// [`Error::SignInRefused`] and [`Error::TooManyTries`].
pub fn sign_in(app: &App, login: &str, password: &str) -> Result<Tokens> {
    let login = normalized(login);
    app.throttle.begin(&login, app.now())?;
    let account = app.store.read(|tx| {
        lock_down::require_none(tx)?;
        Ok::<_, Error>(accounts::with_login(tx, &login)?)
    })?;
    let whose = account.as_ref().map(|account| account.id);
    let done = sign_in_to(app, account, password);
    match &done {
        Ok(_) => app.throttle.succeeded(&login),
        Err(Error::SignInRefused) => {
            let who = Deeds::of(audit::INSTALLATION, whose, Vec::new());
            audit::only(app, &who, Deed::Refused)?;
        }
        Err(_) => {}
    }
    done
}

fn sign_in_to(app: &App, account: Option<Account>, password: &str) -> Result<Tokens> {
    let known = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let is_right = app.throttle.is_right(password, known);
    let found = account.filter(|account| is_right && is_open(account));
    let account = found.ok_or(Error::SignInRefused)?;
    audit::write(app, Area::Installation, |tx, deeds| {
        deeds.by(account.id);
        // It may have been closed, or been given another password, while this one was hashed.
        let now = accounts::load(tx, &[account.id])?.pop();
        let same = |now: &Account| is_open(now) && now.password_hash == account.password_hash;
        let account = now.filter(same).ok_or(Error::SignInRefused)?;
        sessions::begin(app, tx, &account)
    })
}

/// Gives the caller another password, and ends the caller's other sessions.
///
/// # Errors
/// What is wrong with either password; [`Error::TooManyTries`], counted as tries to sign in are.
pub fn change_password(app: &App, person: Person, (old, new): (&str, &str)) -> Result<()> {
    let known = app.store.read(|tx| account(tx, person))?;
    passwords::checked("new_password", new)?;
    app.throttle.begin(&known.login, app.now())?;
    if !app.throttle.is_right(old, known.password_hash.as_deref()) {
        let detail = "this is not the password that you sign in with";
        return Err(Error::at("password", FaultCode::WrongPassword, detail));
    }
    app.throttle.succeeded(&known.login);
    let hash = app.throttle.hash(new)?;
    audit::write(app, Area::Installation, |tx, deeds| {
        // Had it been given another password meanwhile, this session would have ended.
        let mut account = account(tx, person)?;
        account.password_hash = Some(hash.clone());
        accounts::save(tx, &account)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        Ok(kept::end_others(tx, account.id, person.session)?)
    })
}

/// An invitation that nobody can guess: what is given to the person, and what is kept of it.
#[must_use]
pub fn invitation(app: &App) -> (String, String) {
    let code = hex(&app.ids.secret()[..20]);
    let kept = sha256(code.as_bytes());
    (code, kept)
}

/// Takes up an invitation: the person chooses a password, and is signed in.
///
/// # Errors
/// [`Error::SignInRefused`] if the invitation is not open.
pub fn accept_invitation(app: &App, code: &str, password: &str) -> Result<Tokens> {
    passwords::checked("password", password)?;
    let hash = app.throttle.hash(password)?;
    let kept_code = sha256(code.trim().as_bytes());
    audit::write(app, Area::Installation, |tx, deeds| {
        lock_down::require_none(tx)?;
        let invited = accounts::with_invitation(tx, &kept_code)?;
        let is_open = |account: &Account| {
            !account.is_disabled && account.invitation_until.is_some_and(|end| app.now() <= end)
        };
        let mut account = invited.filter(is_open).ok_or(Error::SignInRefused)?;
        account.password_hash = Some(hash.clone());
        account.invitation_hash = None;
        account.invitation_until = None;
        accounts::save(tx, &account)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        kept::end_all(tx, account.id)?;
        sessions::begin(app, tx, &account)
    })
}
