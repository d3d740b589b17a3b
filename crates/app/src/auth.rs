//! Who somebody is: passwords, tokens, and how often one may try.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use aws_lc_rs::{
    digest, hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use chrono::NaiveDateTime;
use concord_domain::{fault::FaultCode, language::Language, text};
use concord_store::{
    Area, Tx,
    accounts::{self, Account},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    App,
    error::{Error, Result},
};

/// Who issues the tokens, and for whom.
const ISSUER: &str = "concord";
const AUDIENCE: &str = "concord-api";
/// How long a token holds, in seconds.
pub const TOKEN_SECONDS: i64 = 30 * 60;
/// How long an invitation is open, in days.
pub const INVITATION_DAYS: i64 = 7;
/// The longest login, in characters.
pub const LOGIN_CHARS_MAX: usize = 100;
/// The shortest and the longest password, in characters.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=200;

/// What tokens and cursors are signed with. It never stands in the database.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    cursors: hmac::Key,
}

impl Keys {
    /// A new key, as PKCS#8, to be kept in a file that only the server can read.
    ///
    /// # Errors
    /// When none can be made.
    pub fn generate() -> Result<Vec<u8>> {
        let broken = |_| Error::Internal("no key can be made".to_owned());
        let pair = Ed25519KeyPair::generate().map_err(broken)?;
        Ok(pair.to_pkcs8v1().map_err(broken)?.as_ref().to_vec())
    }

    /// The keys that stand in PKCS#8.
    ///
    /// # Errors
    /// When it is no Ed25519 key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8)
            .map_err(|_| Error::Internal("the signing key is no Ed25519 key".to_owned()))?;
        let purpose = [b"concord cursors".as_slice(), pkcs8].concat();
        let derived = digest::digest(&digest::SHA256, &purpose);
        Ok(Self {
            encoding: EncodingKey::from_ed_der(pkcs8),
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            cursors: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        })
    }

    /// A tag that only this server can make.
    pub(crate) fn tag(&self, text: &str) -> String {
        hex(&hmac::sign(&self.cursors, text.as_bytes()).as_ref()[..16])
    }
}

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

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    exp: i64,
    nbf: i64,
    iat: i64,
    #[serde(rename = "gen")]
    generation: i32,
}

/// Somebody whose token holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: Uuid,
    generation: i32,
    /// What they read.
    pub language: Language,
}

/// A token, and when it ends.
pub struct Token {
    /// The token.
    pub access_token: String,
    /// In how many seconds it ends.
    pub expires_in: i64,
}

/// Limits how often somebody may try to sign in, by login, whether or not there is such an account.
#[derive(Default)]
pub struct Throttle {
    tries: Mutex<HashMap<String, (u32, NaiveDateTime)>>,
    /// Held while a password is hashed, which takes memory and time: one at once, so that many who
    /// try to sign in take neither from everybody else.
    hashing: Mutex<()>,
}

/// After how many wrong tries one must wait.
const TRIES_MAX: u32 = 8;
/// For how long, in seconds.
const WAIT_SECONDS: i64 = 300;
/// How many logins are remembered at most.
const REMEMBERED_MAX: usize = 100_000;

impl Throttle {
    /// Counts a try before it is made, so that tries at once are counted too.
    fn begin(&self, login: &str, now: NaiveDateTime) -> Result<()> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, (_, since)| (now - *since).num_seconds() < WAIT_SECONDS);
        if tries.len() >= REMEMBERED_MAX {
            return Err(Error::Busy);
        }
        let (count, since) = tries.entry(sha256(login.as_bytes())).or_insert((0, now));
        if *count >= TRIES_MAX {
            let left = WAIT_SECONDS - (now - *since).num_seconds();
            return Err(Error::TooManyTries(left.max(1).unsigned_abs()));
        }
        *count += 1;
        Ok(())
    }

    fn succeeded(&self, login: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(&sha256(login.as_bytes()));
    }
}

/// Signs somebody in. The answer takes as long, and says as much, whether the login or the
/// password is wrong.
///
/// # Errors
/// [`Error::SignInRefused`] and [`Error::TooManyTries`].
pub fn sign_in(app: &App, login: &str, password: &str) -> Result<Token> {
    let login = normalized(login);
    app.throttle.begin(&login, app.now())?;
    let account = app.store.read(|tx| Ok::<_, Error>(accounts::with_login(tx, &login)?))?;
    let known = account.as_ref().and_then(|account| account.password_hash.as_deref());
    // A hash that no password has, made once: somebody unknown costs the same as somebody known.
    static NOBODY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let nobody = NOBODY.get_or_init(|| hash("nobody's password").unwrap_or_default());
    let right = {
        let _one_at_once = app.throttle.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        verify(password, known.unwrap_or(nobody))
    };
    match account {
        Some(account) if right && known_and_open(&account) => {
            app.throttle.succeeded(&login);
            token(app, &account)
        }
        _ => Err(Error::SignInRefused),
    }
}

const fn known_and_open(account: &Account) -> bool {
    account.password_hash.is_some() && !account.is_disabled
}

fn token(app: &App, account: &Account) -> Result<Token> {
    let now = app.now().and_utc().timestamp();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: account.id,
        exp: now + TOKEN_SECONDS,
        nbf: now,
        iat: now,
        generation: account.token_generation,
    };
    let header = Header::new(Algorithm::EdDSA);
    let access_token = jsonwebtoken::encode(&header, &claims, &app.keys.encoding)
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Token { access_token, expires_in: TOKEN_SECONDS })
}

/// Whose token this is, if it holds. Whether the account is still open is seen when it is used.
///
/// # Errors
/// [`Error::Unauthenticated`], and no more is said.
pub fn authenticate(app: &App, token: &str) -> Result<Person> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.algorithms = vec![Algorithm::EdDSA];
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // The times are compared with the clock that is passed in.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.leeway = 0;
    let claims = jsonwebtoken::decode::<Claims>(token, &app.keys.decoding, &rules)
        .map_err(|_| Error::Unauthenticated)?
        .claims;
    let now = app.now().and_utc().timestamp();
    if claims.exp <= now || now < claims.nbf {
        return Err(Error::Unauthenticated);
    }
    let language = Language::default();
    Ok(Person { account: claims.sub, generation: claims.generation, language })
}

/// The account of a person, if it is still open.
///
/// # Errors
/// [`Error::Unauthenticated`] if it is not.
pub fn account(tx: &mut Tx, person: Person) -> Result<Account> {
    let account = accounts::load(tx, &[person.account])?.pop();
    account
        .filter(|account| known_and_open(account) && account.token_generation == person.generation)
        .ok_or(Error::Unauthenticated)
}

/// Ends every token of a person.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub fn sign_out(app: &App, person: Person) -> Result<()> {
    app.store.write(Area::Installation, |tx| {
        let mut account = account(tx, person)?;
        account.token_generation = account.token_generation.wrapping_add(1);
        Ok(accounts::save(tx, &account)?)
    })
}

/// A login as it is compared. Nothing is left out of it: what no account can be called is nobody's.
#[must_use]
pub fn normalized(login: &str) -> String {
    login.trim().to_lowercase().chars().take(LOGIN_CHARS_MAX + 1).collect()
}

fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::Internal(error.to_string()))
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The hash of a password that may be one.
///
/// # Errors
/// What is wrong with the password, never the password.
pub fn hash_new(password: &str) -> Result<String> {
    if !PASSWORD_CHARS.contains(&password.chars().count()) || password.chars().any(text::is_unsafe)
    {
        let (least, most) = (PASSWORD_CHARS.start(), PASSWORD_CHARS.end());
        let detail = format!("a password has {least} to {most} characters");
        return Err(Error::at("password", FaultCode::OutOfRange, detail));
    }
    hash(password)
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
pub fn accept_invitation(app: &App, code: &str, password: &str) -> Result<Token> {
    let hash = {
        let _one_at_once = app.throttle.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        hash_new(password)?
    };
    let kept = sha256(code.trim().as_bytes());
    let account = app.store.write(Area::Installation, |tx| {
        let invited = accounts::with_invitation(tx, &kept)?;
        let is_open = |account: &Account| {
            !account.is_disabled && account.invitation_until.is_some_and(|end| app.now() <= end)
        };
        let mut account = invited.filter(is_open).ok_or(Error::SignInRefused)?;
        account.password_hash = Some(hash.clone());
        account.invitation_hash = None;
        account.invitation_until = None;
        account.token_generation = account.token_generation.wrapping_add(1);
        accounts::save(tx, &account)?;
        Ok::<_, Error>(account)
    })?;
    token(app, &account)
}
