//! ID tokens: whether a key of the provider signed one, and whether it answers what was asked.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;

use crate::{LEEWAY_SECONDS, SIGNED_IN_SECONDS_MAX, Sufficient, Wanted};

/// The longest name of a person at a provider, in characters (OpenID Connect Core 1.0, section 2).
const SUBJECT_CHARS_MAX: usize = 255;
/// How long ago a token may have been made, in seconds.
const MADE_SECONDS_MAX: i64 = 10 * 60;

/// What a token says, as far as it matters.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    pub auth_time: Option<i64>,
    acr: Option<String>,
    amr: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// What a token has to say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub wanted: Wanted,
    pub now: i64,
}

/// What a token says, if one of these keys signed it with an algorithm that is taken here. Keys are
/// found among these and nowhere else, whatever the header of the token offers.
pub fn signed(token: &str, keys: &[Jwk]) -> Option<Claims> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    // Nothing that a header may call critical is known here.
    if header.crit.is_some() {
        return None;
    }
    let mut fitting = keys.iter().filter(|key| fits(key, header.alg));
    let key = match &header.kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid))?,
        // Without a name it has to be the only one.
        None => fitting.next().filter(|_| fitting.next().is_none())?,
    };
    let mut rules = Validation::new(header.alg);
    rules.algorithms = vec![header.alg];
    rules.required_spec_claims.clear();
    // What it says is compared with what is expected, in one place, below.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_jwk(key).ok()?;
    jsonwebtoken::decode::<Claims>(token, &key, &rules).ok().map(|read| read.claims)
}

/// Whether a key signs with an algorithm that is taken: these three, and no other.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let (named, is_of_kind) = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => (KeyAlgorithm::RS256, true),
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => {
            (KeyAlgorithm::ES256, key.curve == EllipticCurve::P256)
        }
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => {
            (KeyAlgorithm::EdDSA, key.curve == EllipticCurve::Ed25519)
        }
        _ => return false,
    };
    let is_for_signing =
        key.common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
    is_of_kind && is_for_signing && key.common.key_algorithm.is_none_or(|of| of == named)
}

impl Claims {
    /// Whether it answers what was asked.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), &'static str> {
        let now = expected.now;
        if self.iss != expected.issuer {
            return Err("the token is another provider's");
        }
        let audience = self.aud.all();
        if !audience.iter().any(|one| one == expected.client_id) {
            return Err("the token is for somebody else");
        }
        let is_own = self.azp.as_ref().map(|azp| azp == expected.client_id);
        if is_own == Some(false) || (is_own.is_none() && audience.len() > 1) {
            return Err("the token was given to somebody else");
        }
        if self.exp + LEEWAY_SECONDS <= now {
            return Err("the token has ended");
        }
        let begins = self.nbf.unwrap_or(self.iat).max(self.iat);
        if now + LEEWAY_SECONDS < begins || self.iat + MADE_SECONDS_MAX < now {
            return Err("the token was not made now");
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err("the token answers another question");
        }
        let length = self.sub.chars().count();
        if length == 0 || length > SUBJECT_CHARS_MAX {
            return Err("the token names nobody");
        }
        self.check_proof(expected)
    }

    /// Whether the person proved it there lately enough, as far as the provider says when.
    fn check_proof(&self, expected: &Expected<'_>) -> Result<(), &'static str> {
        let (now, least) = match expected.wanted {
            Wanted::Identity => (expected.now, SIGNED_IN_SECONDS_MAX),
            Wanted::FreshProof => (expected.now, MADE_SECONDS_MAX),
        };
        match (self.auth_time, expected.wanted) {
            (Some(at), _) if now + LEEWAY_SECONDS < at => Err("it was proved in time to come"),
            (Some(at), _) if at + least + LEEWAY_SECONDS < now => Err("it was proved long ago"),
            (None, Wanted::FreshProof) => Err("the provider does not say when it was proved"),
            _ => Ok(()),
        }
    }

    /// Whether the way in which the person proved it is enough by itself.
    pub fn is_sufficient(&self, sufficient: &Sufficient) -> bool {
        let by_acr = self.acr.as_ref().is_some_and(|acr| sufficient.acr.contains(acr));
        let methods = self.amr.as_deref().unwrap_or_default();
        by_acr || methods.iter().any(|method| sufficient.amr.contains(method))
    }
}
