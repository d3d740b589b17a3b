//! Who somebody is: passwords, sessions, tokens, keys.

use aws_lc_rs::digest;
use concord_domain::{credential::BeganBy, fault::FaultCode};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
    credentials, email, identities as linked, passkeys as kept_passkeys, sessions as kept,
};

use crate::{
    App,
    audit::{self, Deed, Deeds},
    error::{Error, Result},
    lock_down,
};

mod browser;
mod elsewhere;
mod keys;
mod passkeys;
mod passwords;
mod relying_party;
mod second_factor;
mod sessions;
mod tokens;
mod tools;

pub use browser::{Browser, keep_in_browser, known_in_browser};
pub use concord_store::{credentials::ToolToken, identities::KeptIdentity, passkeys::KeptPasskey};
pub use elsewhere::{
    ATTEMPT_SECONDS, IDENTITIES_MAX, Returned, Sent, begin_elsewhere, begin_sign_in_elsewhere,
    finish_elsewhere, identities, sign_in_elsewhere, unlink_identity,
};
pub use keys::{FormerKeys, KeyRing, Keys};
pub use passkeys::{
    CHALLENGE_SECONDS as PASSKEY_SECONDS, Made, PASSKEYS_MAX, Shown, add_passkey, begin_passkey,
    begin_passkey_sign_in, begin_passkey_step_up, passkeys, remove_passkey, rename_passkey,
    sign_in_by_passkey, step_up_by_passkey,
};
pub use passwords::{PASSWORD_CHARS, Throttle, hash_new};
pub use relying_party::RelyingParty;
pub use second_factor::{
    CHALLENGE_SECONDS, Enrolled, FirstStep, RECOVERY_CODES, Standing, WRONG_TRIES_MAX, confirm,
    enrol, remove as remove_second_factor, renew_recovery_codes, second_factor, second_step,
    step_up,
};
pub(crate) use second_factor::{as_kept, readable};
pub(crate) use sessions::admit;
pub(crate) use sessions::in_session;
pub use sessions::{
    AGAIN_SECONDS, IDLE_DAYS, Known, SESSION_DAYS, SESSIONS_MAX, Tokens, end_session, known,
    own_sessions, refresh, sign_out_everywhere, sign_out_here,
};
pub use tokens::{Person, authenticate};
pub use tools::{
    TOOL_NAME_CHARS_MAX, TOOL_TOKEN_DAYS_MAX, TOOL_TOKENS_MAX, Wanted, make_tool_token,
    revoke_tool_token, tool_tokens,
};

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

pub(crate) const fn is_open(account: &Account) -> bool {
    account.password_hash.is_some() && !account.is_disabled
}

/// Signs somebody in, or asks for the second factor. The answer takes as long, and says as much,
/// whether the login or the password is wrong.
///
/// # Errors
/// [`Error::SignInRefused`] and [`Error::TooManyTries`].
pub fn sign_in(app: &App, login: &str, password: &str) -> Result<FirstStep> {
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

fn sign_in_to(app: &App, account: Option<Account>, password: &str) -> Result<FirstStep> {
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
        let proof = sessions::Proof::now(app, BeganBy::Password);
        second_factor::after_first_step(app, tx, &account, proof)
    })
}

/// Gives the caller another password, ends the caller's other sessions and all tokens that the
/// caller gave to tools, unlinks all identities, removes all passkeys and forgets the e-mail address:
/// whoever knew the former password may have made some.
///
/// # Errors
/// What is wrong with either password; [`Error::TooManyTries`], counted as tries to sign in are;
/// [`Error::Forbidden`] for tools.
pub fn change_password(app: &App, person: Person, (old, new): (&str, &str)) -> Result<()> {
    let known = audit::read_own(app, person, |tx| sessions::in_session(app, tx, person))?.0.account;
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
        let (known, session) = sessions::in_session(app, tx, person)?;
        let mut account = known.account;
        account.password_hash = Some(hash.clone());
        accounts::save(tx, &account)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        credentials::end_challenges(tx, account.id)?;
        credentials::delete_tool_tokens(tx, account.id)?;
        linked::delete_all(tx, account.id)?;
        kept_passkeys::delete_all(tx, account.id)?;
        email::delete(tx, account.id)?;
        Ok(kept::end_others(tx, account.id, session)?)
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
        let mut account = invited(app, tx, &kept_code)?.ok_or(Error::SignInRefused)?;
        account.password_hash = Some(hash.clone());
        account.invitation_hash = None;
        account.invitation_until = None;
        accounts::save(tx, &account)?;
        deeds.by(account.id);
        deeds.changed("account", account.id);
        kept::end_all(tx, account.id)?;
        sessions::begin(app, tx, &account, sessions::Proof::now(app, BeganBy::Invitation))
    })
}

/// The account of an invitation that is open, by the hash of its code.
fn invited(app: &App, tx: &mut Tx, code: &str) -> Result<Option<Account>> {
    let is_open = |account: &Account| {
        !account.is_disabled && account.invitation_until.is_some_and(|end| app.now() <= end)
    };
    Ok(accounts::with_invitation(tx, code)?.filter(is_open))
}
