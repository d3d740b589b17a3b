//! What tokens and cursors are signed with, and which former keys still verify.
//!
//! Of a former key only the public half is kept. No private key ever is in the database.

use std::sync::Arc;

use aws_lc_rs::{
    digest, hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{TOKEN_SECONDS, hex};
use crate::{
    audit::checkpoint::CheckpointKey,
    error::{Error, Result},
};

/// How long a request may be under way with a key that signs no more, in seconds.
const UNDER_WAY_SECONDS: i64 = 60;

/// Where the keys come from.
pub trait Keys: Send + Sync {
    /// The keys as they are now, which may be others than a moment ago.
    fn ring(&self) -> Arc<KeyRing>;

    /// The key that signs what the audit log is.
    fn checkpoints(&self) -> Arc<CheckpointKey>;
}

/// The key that signs, and the former ones that still verify.
pub struct KeyRing {
    encoding: EncodingKey,
    signing: PublicKey,
    former: Vec<(PublicKey, i64)>,
    cursors: hmac::Key,
}

struct PublicKey {
    kid: String,
    jwk: Jwk,
    decoding: DecodingKey,
}

/// Former keys, public, as they are kept from one rotation to the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FormerKeys {
    keys: Vec<FormerKey>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct FormerKey {
    #[serde(flatten)]
    jwk: Jwk,
    /// From when on it verifies nothing, in seconds since 1970.
    exp: i64,
}

fn broken<E>(what: &'static str) -> impl FnOnce(E) -> Error {
    move |_| Error::Internal(what.to_owned())
}

impl PublicKey {
    fn of(decoding: DecodingKey) -> Result<Self> {
        let unfit = || broken("a key is no Ed25519 key");
        let mut jwk = Jwk::from_decoding_key(&decoding, Some(Algorithm::EdDSA))
            .map_err(broken("a key is no Ed25519 key"))?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(unfit())?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { kid, jwk, decoding })
    }
}

impl KeyRing {
    /// A new key, as PKCS#8, to be kept in a file that only the server can read.
    ///
    /// # Errors
    /// When none can be made.
    pub fn generate() -> Result<Vec<u8>> {
        let pair = Ed25519KeyPair::generate().map_err(broken("no key can be made"))?;
        Ok(pair.to_pkcs8v1().map_err(broken("no key can be made"))?.as_ref().to_vec())
    }

    /// The keys, of which the one that stands in PKCS#8 signs.
    ///
    /// # Errors
    /// When one is no Ed25519 key.
    pub fn new(pkcs8: &[u8], former: &FormerKeys) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8)
            .map_err(broken("the signing key is no Ed25519 key"))?;
        let signing = PublicKey::of(DecodingKey::from_ed_der(pair.public_key().as_ref()))?;
        let of_former = |each: &FormerKey| {
            let unfit = broken("a former key is no Ed25519 key");
            Ok((PublicKey::of(DecodingKey::from_jwk(&each.jwk).map_err(unfit)?)?, each.exp))
        };
        let former: Result<Vec<(PublicKey, i64)>> = former.keys.iter().map(of_former).collect();
        // A rotation that was broken off has named a key former that still signs.
        let former = former?.into_iter().filter(|(key, _)| key.kid != signing.kid).collect();
        let purpose = [b"concord cursors".as_slice(), pkcs8].concat();
        let derived = digest::digest(&digest::SHA256, &purpose);
        Ok(Self {
            encoding: EncodingKey::from_ed_der(pkcs8),
            signing,
            former,
            cursors: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        })
    }

    /// The former keys once another key signs: this one until the last token that it signed has
    /// ended, and those before it whose time is not over.
    #[must_use]
    pub fn former_after_rotation(&self, now: NaiveDateTime) -> FormerKeys {
        let now = now.and_utc().timestamp();
        let signing = (&self.signing, now + TOKEN_SECONDS + UNDER_WAY_SECONDS);
        let former = self.former.iter().map(|(key, exp)| (key, *exp));
        let all = std::iter::once(signing).chain(former.filter(|(_, exp)| now < *exp));
        FormerKeys { keys: all.map(|(key, exp)| FormerKey { jwk: key.jwk.clone(), exp }).collect() }
    }

    /// The id of each key that verifies, the one that signs first, and until when each of the
    /// others does.
    #[must_use]
    pub fn listed(&self, now: NaiveDateTime) -> Vec<(&str, Option<DateTime<Utc>>)> {
        let former = self.still_verifying(now);
        let former =
            former.map(|(key, exp)| (key.kid.as_str(), DateTime::from_timestamp_secs(exp)));
        std::iter::once((self.signing.kid.as_str(), None)).chain(former).collect()
    }

    /// The public keys, for whoever wants to verify a token.
    #[must_use]
    pub fn published(&self, now: NaiveDateTime) -> JwkSet {
        let former = self.still_verifying(now).map(|(key, _)| key);
        let all = std::iter::once(&self.signing).chain(former);
        JwkSet { keys: all.map(|key| key.jwk.clone()).collect() }
    }

    fn still_verifying(&self, now: NaiveDateTime) -> impl Iterator<Item = (&PublicKey, i64)> {
        let now = now.and_utc().timestamp();
        self.former.iter().map(|(key, exp)| (key, *exp)).filter(move |(_, exp)| now < *exp)
    }

    /// A token that says this.
    pub(super) fn signed(&self, claims: &impl Serialize) -> Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.signing.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding)
            .map_err(|error| Error::Internal(error.to_string()))
    }

    /// What a token says, if a key of this ring signed it. Keys are found by `kid` in this ring
    /// and nowhere else, whatever the header of the token offers. Its times are not looked at.
    pub(super) fn verified<T: DeserializeOwned>(
        &self,
        token: &str,
        rules: &Validation,
        now: NaiveDateTime,
    ) -> Option<T> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // Nothing that a header may call critical is known here.
        let kid = header.kid.filter(|_| header.crit.is_none())?;
        let former = self.still_verifying(now).map(|(key, _)| key);
        let key = std::iter::once(&self.signing).chain(former).find(|key| key.kid == kid)?;
        jsonwebtoken::decode::<T>(token, &key.decoding, rules).ok().map(|read| read.claims)
    }

    /// A tag that only this server can make, as long as the same key signs.
    pub(crate) fn tag(&self, text: &str) -> String {
        hex(&hmac::sign(&self.cursors, text.as_bytes()).as_ref()[..16])
    }

    /// The key with which a browser keeps what somebody has typed and not sent, in hexadecimal: the
    /// same as long as the server's key is, and another for each account. No tag begins as this does.
    #[must_use]
    pub fn draft_key(&self, account: Uuid) -> String {
        hex(hmac::sign(&self.cursors, format!("draft {account}").as_bytes()).as_ref())
    }
}
