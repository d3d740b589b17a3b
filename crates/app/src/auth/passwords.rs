//! Passwords, and how often one may try.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use chrono::NaiveDateTime;
use concord_domain::{fault::FaultCode, text};

use super::sha256;
use crate::error::{Error, Result};

/// The shortest and the longest password, in characters.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=200;
/// After how many wrong tries one must wait.
const TRIES_MAX: u32 = 8;
/// For how long, in seconds.
const WAIT_SECONDS: i64 = 300;
/// How many logins are remembered at most.
const REMEMBERED_MAX: usize = 100_000;

/// Limits how often somebody may try a password, by login, whether or not there is such an account.
#[derive(Default)]
pub struct Throttle {
    tries: Mutex<HashMap<String, (u32, NaiveDateTime)>>,
    /// Held while a password is hashed, which takes memory and time: one at once, so that many who
    /// try to sign in take neither from everybody else.
    hashing: Mutex<()>,
}

impl Throttle {
    /// Counts a try before it is made, so that tries at once are counted too.
    pub(crate) fn begin(&self, login: &str, now: NaiveDateTime) -> Result<()> {
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

    pub(crate) fn succeeded(&self, login: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(&sha256(login.as_bytes()));
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and takes as long.
    pub(super) fn is_right(&self, password: &str, known: Option<&str>) -> bool {
        // A hash that no password has, made once: somebody unknown costs the same as somebody
        // known.
        static NOBODY: OnceLock<String> = OnceLock::new();
        let _one_at_once = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        let nobody = NOBODY.get_or_init(|| hash("nobody's password").unwrap_or_default());
        verify(password, known.unwrap_or(nobody)) && known.is_some()
    }

    /// The hash of a password that was [`checked`].
    pub(super) fn hash(&self, password: &str) -> Result<String> {
        let _one_at_once = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        hash(password)
    }
}

fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::Internal(error.to_string()))
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Refuses what can be no password, and never says what it was.
pub(super) fn checked(member: &str, password: &str) -> Result<()> {
    if !PASSWORD_CHARS.contains(&password.chars().count()) || password.chars().any(text::is_unsafe)
    {
        let (least, most) = (PASSWORD_CHARS.start(), PASSWORD_CHARS.end());
        let detail = format!("a password has {least} to {most} characters");
        return Err(Error::at(member, FaultCode::OutOfRange, detail));
    }
    Ok(())
}

/// The hash of a password that may be one.
///
/// # Errors
/// What is wrong with the password, never the password.
pub fn hash_new(password: &str) -> Result<String> {
    checked("password", password)?;
    hash(password)
}
