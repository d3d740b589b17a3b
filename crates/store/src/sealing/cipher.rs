//! The keys as they are in memory, and the cipher: XChaCha20-Poly1305, whose nonces are long enough
//! to be random. Keys are overwritten when they are dropped.

use std::{fmt, sync::Arc};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};

/// How long a key is, in bytes.
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// How long the id of a key is.
pub(super) const KEY_ID_BYTES: usize = 16;
/// How much longer a text is for being sealed: the nonce and the tag.
pub(super) const MORE_BYTES: usize = NONCE_BYTES + 16;

/// Bytes that nobody can guess.
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|_| StoreError::Key("the machine has no source of randomness".to_owned()))?;
    Ok(bytes)
}

/// A key of 256 bits.
#[derive(Clone)]
pub(super) struct DataKey(Arc<Zeroizing<[u8; KEY_BYTES]>>);

impl DataKey {
    pub fn random() -> Result<Self> {
        Ok(Self(Arc::new(Zeroizing::new(random()?))))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&**self.0).into())
    }

    /// Adds the nonce and the sealed bytes.
    pub fn seal_onto(&self, onto: &mut Vec<u8>, bytes: &[u8], bound: &[u8]) -> Result<()> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let payload = Payload { msg: bytes, aad: bound };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| StoreError::Key("a text is too long".to_owned()))?;
        onto.extend_from_slice(&nonce);
        onto.extend_from_slice(&sealed);
        Ok(())
    }

    /// What was sealed with this key and bound to the same; nothing else opens.
    pub fn open(&self, sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: bound };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// The id of the key with which something is sealed, and what is.
pub(super) fn split(sealed: &[u8]) -> Option<(Uuid, &[u8])> {
    let (id, rest) = sealed.split_first_chunk::<KEY_ID_BYTES>()?;
    Some((Uuid::from_bytes(*id), rest))
}

/// A new id of a key.
#[expect(clippy::disallowed_methods, reason = "it is part of the key, which is made here too")]
pub(super) fn new_key_id() -> Uuid {
    Uuid::new_v4()
}

/// A key of the server's, which wraps the keys of the organisations. It stands in a file or in the
/// environment, and never in a database.
#[derive(Clone)]
pub struct ServerKey {
    name: String,
    key: DataKey,
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({})", self.name)
    }
}

/// Whose key is wrapped: the operation, the owner, and the id of the key.
pub(super) type Wrapping = (Uuid, Uuid, Uuid);

impl ServerKey {
    /// A new one, as it is written: 64 hexadecimal digits.
    ///
    /// # Errors
    /// When the machine has no source of randomness.
    pub fn generate() -> Result<Zeroizing<String>> {
        let bytes = Zeroizing::new(random::<KEY_BYTES>()?);
        Ok(Zeroizing::new(hex(bytes.as_slice())))
    }

    /// The key that is written so.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if written.len() != 2 * KEY_BYTES || !written.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&written[2 * at..2 * at + 2], 16).ok()?;
        }
        let named =
            Sha256::new().chain_update(b"concord server key 1\0").chain_update(bytes.as_slice());
        Some(Self { name: hex(&named.finalize()[..8]), key: DataKey(Arc::new(bytes)) })
    }

    /// What the key is called: from it nothing follows.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn wrap(&self, of: Wrapping, key: &DataKey) -> Result<Vec<u8>> {
        let mut wrapped = Vec::with_capacity(KEY_BYTES + MORE_BYTES);
        self.key.seal_onto(&mut wrapped, key.0.as_slice(), &bound(of))?;
        Ok(wrapped)
    }

    pub(super) fn unwrap(&self, of: Wrapping, wrapped: &[u8]) -> Option<DataKey> {
        let opened = Zeroizing::new(self.key.open(wrapped, &bound(of))?);
        let bytes: [u8; KEY_BYTES] = opened.as_slice().try_into().ok()?;
        Some(DataKey(Arc::new(Zeroizing::new(bytes))))
    }

    /// A secret of an account, sealed for it alone.
    pub(super) fn seal_secret(&self, of: SecretOf, secret: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = Vec::with_capacity(secret.len() + MORE_BYTES);
        self.key.seal_onto(&mut sealed, secret, &of.bound())?;
        Ok(sealed)
    }

    /// The secret of an account, if it was sealed for it with this key.
    pub(super) fn open_secret(&self, of: SecretOf, sealed: &[u8]) -> Option<Vec<u8>> {
        self.key.open(sealed, &of.bound())
    }
}

/// Which secret of which account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SecretOf {
    /// What the codes of its second factor are made of.
    Factor(Uuid),
    /// The address to which messages are sent.
    Address(Uuid),
}

impl SecretOf {
    fn bound(self) -> Vec<u8> {
        let (what, account) = match self {
            Self::Factor(account) => (b"concord account's secret 1\0".as_slice(), account),
            Self::Address(account) => (b"concord account's address 1\0".as_slice(), account),
        };
        [what, account.as_bytes()].concat()
    }
}

fn bound((operation, owner, id): Wrapping) -> Vec<u8> {
    let mut bound = b"concord organisation's key 1\0".to_vec();
    for id in [operation, owner, id] {
        bound.extend_from_slice(id.as_bytes());
    }
    bound
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The server's keys: the first wraps; all open, so that one can take the place of another.
#[derive(Clone, Debug)]
pub struct ServerKeys(Vec<ServerKey>);

impl ServerKeys {
    /// The keys that are written so: the one that wraps, and then those that were used before it,
    /// with space between them.
    ///
    /// # Errors
    /// What is wrong, never the key.
    pub fn parse(written: &str) -> Result<Self, String> {
        let keys: Option<Vec<ServerKey>> =
            written.split_ascii_whitespace().map(ServerKey::parse).collect();
        match keys {
            Some(keys) if !keys.is_empty() => Ok(Self(keys)),
            _ => Err("a server key is 64 hexadecimal digits; several stand with space between \
                      them, the one that is to be used first"
                .to_owned()),
        }
    }

    /// The one that wraps.
    #[must_use]
    pub fn first(&self) -> &ServerKey {
        &self.0[0]
    }

    /// The one of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&ServerKey> {
        self.0.iter().find(|key| key.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_key() -> ServerKey {
        let written = ServerKey::generate().expect("a key");
        ServerKeys::parse(&written).expect("it is one").first().clone()
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_bound_to_the_same_and_not_otherwise() {
        let (key, other) = (DataKey::random().expect("a key"), DataKey::random().expect("a key"));
        let mut sealed = Vec::new();
        key.seal_onto(&mut sealed, b"the road is open", b"here").expect("it is sealed");
        assert_eq!(key.open(&sealed, b"here").as_deref(), Some(&b"the road is open"[..]));
        assert_eq!(key.open(&sealed, b"there"), None);
        assert_eq!(other.open(&sealed, b"here"), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed, b"here"), None, "byte {at}");
            assert_eq!(key.open(&sealed[..at], b"here"), None, "cut at {at}");
        }
    }

    #[test]
    fn a_wrapped_key_opens_for_its_owner_alone() {
        let (server, ids) = (server_key(), [1, 2, 3].map(Uuid::from_u128));
        let key = DataKey::random().expect("a key");
        let wrapped = server.wrap((ids[0], ids[1], ids[2]), &key).expect("it is wrapped");
        let opened = server.unwrap((ids[0], ids[1], ids[2]), &wrapped).expect("it opens");
        assert_eq!(opened.0, key.0);
        assert!(server.unwrap((ids[0], ids[2], ids[1]), &wrapped).is_none());
        assert!(server_key().unwrap((ids[0], ids[1], ids[2]), &wrapped).is_none());
    }

    #[test]
    fn a_secret_opens_for_its_account_alone_and_is_no_wrapped_key() {
        let (server, ids) = (server_key(), [1, 2].map(Uuid::from_u128));
        let [one, other] = ids.map(SecretOf::Factor);
        let sealed = server.seal_secret(one, &[7; KEY_BYTES]).expect("it is sealed");
        assert_eq!(server.open_secret(one, &sealed).as_deref(), Some(&[7; KEY_BYTES][..]));
        assert_eq!(server.open_secret(other, &sealed), None);
        assert_eq!(server.open_secret(SecretOf::Address(ids[0]), &sealed), None);
        assert_eq!(server_key().open_secret(one, &sealed), None);
        assert!(server.unwrap((ids[0], ids[0], ids[0]), &sealed).is_none());
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits_and_what_is_none_is_not_repeated() {
        for written in ["", " \n", "12", &"g".repeat(64), &"é".repeat(32), &"1".repeat(66)] {
            let said = ServerKeys::parse(written).expect_err("it is none");
            assert!(said.contains("64 hexadecimal digits"));
        }
        let (one, other) = ("1".repeat(64), "2".repeat(64));
        let keys = ServerKeys::parse(&format!("{one}\n{other}\n")).expect("two keys");
        assert_ne!(keys.first().name(), ServerKey::parse(&other).expect("a key").name());
        assert!(keys.named(ServerKey::parse(&other).expect("a key").name()).is_some());
        assert!(!format!("{keys:?}").contains(&one[..20]));
    }
}
