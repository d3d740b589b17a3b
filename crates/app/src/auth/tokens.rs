//! Access tokens: what they say, and whose they are.

use concord_domain::language::Language;
use concord_store::sessions::Session;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TOKEN_SECONDS, tools};
use crate::{
    App,
    error::{Error, Result},
};

/// Who issues the tokens, and for whom.
const ISSUER: &str = "concord";
const AUDIENCE: &str = "concord-api";

/// What an access token says.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    exp: i64,
    nbf: i64,
    iat: i64,
}

/// Whoever sent a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub(super) credential: Credential,
    /// What they read.
    pub language: Language,
}

impl Person {
    /// Whether nothing of what was sent has been checked yet: anybody can send it.
    pub(crate) const fn is_unchecked(&self) -> bool {
        matches!(self.credential, Credential::Tool(_))
    }
}

/// What was sent, by which they are known once the database has been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    /// An access token that holds: whose, and the session in which it was given out.
    Session { account: Uuid, session: Uuid },
    /// The hash of what looks like a token for a tool.
    Tool([u8; 32]),
}

/// An access token of a session, which it does not outlive, and in how many seconds it ends.
pub(super) fn access_token(app: &App, session: &Session) -> Result<(String, i64)> {
    let now = app.now().and_utc().timestamp();
    let exp = session.ends_at.and_utc().timestamp().min(now + TOKEN_SECONDS);
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session.account,
        sid: session.id,
        jti: app.ids.id(),
        exp,
        nbf: now,
        iat: now,
    };
    Ok((app.keys.ring().signed(&claims)?, exp - now))
}

/// Whose token this is, if it holds. Whether its session still stands, or it is a tool's that was
/// not revoked, is seen when it is used.
///
/// # Errors
/// [`Error::Unauthenticated`], and no more is said.
pub fn authenticate(app: &App, token: &str) -> Result<Person> {
    if let Some(hash) = tools::hash_of(token) {
        let (credential, language) = (Credential::Tool(hash), Language::default());
        return Ok(Person { credential, language });
    }
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.algorithms = vec![Algorithm::EdDSA];
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // The times are compared with the clock that is passed in.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.leeway = 0;
    let claims: Option<Claims> = app.keys.ring().verified(token, &rules, app.now());
    let claims = claims.ok_or(Error::Unauthenticated)?;
    let now = app.now().and_utc().timestamp();
    if claims.exp <= now || now < claims.nbf {
        return Err(Error::Unauthenticated);
    }
    let credential = Credential::Session { account: claims.sub, session: claims.sid };
    Ok(Person { credential, language: Language::default() })
}
