//! What passkeys belong to: this installation, at the addresses at which browsers reach it. Here,
//! and nowhere else, is the library asked that verifies what a device signed (`passki`).
//!
//! A device signs for one host and tells at which address it was asked; both are compared with what
//! is said when the server starts. So a page elsewhere, however alike, is shown nothing that is good
//! here. The library is given what it needs of what a browser sent, and nothing else of it.

use concord_store::{accounts::Account, passkeys::KeptPasskey};
use passki::{
    AuthenticationOptions, AuthenticationState, ClientData, Passki, PasskiError,
    RegistrationOptions, ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde_json::{Value, json};
use url::{Host, Url};

use super::passkeys::{CHALLENGE_SECONDS, Made, Shown};
use crate::error::{Error, Result};

/// The shortest and the longest name that a device gives to a passkey, in bytes (WebAuthn, section 4).
const CREDENTIAL_ID_BYTES: std::ops::RangeInclusive<usize> = 16..=1023;

/// What passkeys belong to.
pub struct RelyingParty {
    library: Passki,
}

/// Why a passkey that was shown is none that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is right, but has signed less often than it had before: there is a copy of it.
    Copied,
    /// Anything else; what, for whoever runs the server.
    Because(&'static str),
}

/// A passkey that can be kept.
pub(super) struct Registered {
    pub credential_id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub algorithm: i64,
    pub sign_count: i64,
}

impl RelyingParty {
    /// At these addresses. Passkeys belong to the host of the first; the others are at it or below.
    ///
    /// # Errors
    /// Which of them is none at which browsers would show passkeys.
    pub fn at(addresses: &[String]) -> std::result::Result<Self, String> {
        let mut origins: Vec<String> = Vec::new();
        let mut own: Option<String> = None;
        for written in addresses {
            let (host, origin) = site(written)?;
            let own = own.get_or_insert_with(|| host.clone());
            if host != *own && !host.ends_with(&format!(".{own}")) {
                return Err(format!(
                    "`{written}` is not at `{own}`, to which passkeys belong, nor below it"
                ));
            }
            origins.push(origin);
        }
        let own = own.ok_or_else(|| "an address is needed".to_owned())?;
        // Devices show what it is called, and their makers keep it: no more than the host.
        Ok(Self { library: Passki::new(&own, &origins, &own) })
    }

    /// On this machine alone, at this port, where browsers ask for no TLS.
    #[must_use]
    pub fn on_this_machine(port: u16) -> Self {
        let origins = [format!("http://localhost:{port}")];
        Self { library: Passki::new("localhost", &origins, "localhost") }
    }

    /// What a browser is asked, so that a device makes a passkey for an account.
    pub(super) fn creation(
        &self,
        challenge: &[u8],
        account: &Account,
        known: &[KeptPasskey],
    ) -> Result<Value> {
        let excluded: Vec<StoredPasskey> = known.iter().map(stored).collect();
        let mut options = creation_options();
        options.exclude_credentials = Some(&excluded);
        let (id, login, name) = (account.id.as_bytes(), &account.login, &account.name);
        let begun = self.library.start_passkey_registration(id, login, name, options);
        let (mut told, _) = begun.map_err(broken)?;
        // Whatever cannot be guessed is passed in.
        told.challenge = Passki::base64_encode(challenge);
        serde_json::to_value(told).map_err(broken)
    }

    /// What a device has made when it was asked with this challenge.
    pub(super) fn registered(
        &self,
        challenge: &[u8],
        account: &Account,
        made: &Made<'_>,
    ) -> std::result::Result<Registered, Refused> {
        let (id, login, name) = (account.id.as_bytes(), &account.login, &account.name);
        let begun = self.library.start_passkey_registration(id, login, name, creation_options());
        let (told, mut state) = begun.map_err(|error| because(&error))?;
        state.challenge = challenge.to_vec();
        let credential = serde_json::from_value(json!({
            "rawId": made.raw_id,
            "response": {
                "clientDataJSON": made.client_data,
                "attestationObject": made.attestation,
            },
        }));
        let credential = credential.map_err(|_| Refused::Because(UNREADABLE))?;
        let new = self
            .library
            .finish_passkey_registration(&credential, &state)
            .map_err(|error| because(&error))?;
        if !told.pub_key_cred_params.iter().any(|asked| asked.alg == new.algorithm) {
            return Err(Refused::Because("its signatures are of a kind that was not asked for"));
        }
        if !CREDENTIAL_ID_BYTES.contains(&new.credential_id.len()) {
            return Err(Refused::Because("its name is shorter or longer than any may be"));
        }
        Ok(Registered {
            credential_id: new.credential_id,
            public_key: new.public_key,
            algorithm: new.algorithm.into(),
            sign_count: new.counter.into(),
        })
    }

    /// What a browser is asked, so that a device shows one of these passkeys, or any if there are
    /// none.
    pub(super) fn request(&self, challenge: &[u8], allowed: &[KeptPasskey]) -> Result<Value> {
        let allowed: Vec<StoredPasskey> = allowed.iter().map(stored).collect();
        let begun = self.library.start_passkey_authentication(&allowed, request_options());
        let (mut told, _) = begun.map_err(broken)?;
        told.challenge = Passki::base64_encode(challenge);
        serde_json::to_value(told).map_err(broken)
    }

    /// How often a passkey has signed by now, as far as its device counts, if it was shown by whoever
    /// has it, at one of the own addresses, when it was asked for with this challenge.
    pub(super) fn shown(
        &self,
        challenge: &[u8],
        passkey: &KeptPasskey,
        shown: &Shown<'_>,
    ) -> std::result::Result<i64, Refused> {
        let allowed = [stored(passkey)];
        let begun = self.library.start_passkey_authentication(&allowed, request_options());
        let (_, mut state) = begun.map_err(|error| because(&error))?;
        state.challenge = challenge.to_vec();
        match self.signed(&state, &allowed[0], shown) {
            // The library looks at the number first, and anybody can write one.
            Err(PasskiError::CounterRegression) => {
                let mut uncounted = stored(passkey);
                uncounted.counter = 0;
                self.signed(&state, &uncounted, shown).map_err(|error| because(&error))?;
                Err(Refused::Copied)
            }
            other => other.map_err(|error| because(&error)),
        }
    }

    fn signed(
        &self,
        state: &AuthenticationState,
        passkey: &StoredPasskey,
        shown: &Shown<'_>,
    ) -> std::result::Result<i64, PasskiError> {
        let credential = serde_json::from_value(json!({
            "rawId": shown.raw_id,
            "response": {
                "clientDataJSON": shown.client_data,
                "authenticatorData": shown.authenticator_data,
                "signature": shown.signature,
            },
        }))?;
        let found = self.library.finish_passkey_authentication(&credential, state, passkey)?;
        Ok(found.counter.into())
    }
}

/// The host and the origin of an address at which browsers show passkeys.
fn site(written: &str) -> std::result::Result<(String, String), String> {
    let wrong = || {
        format!(
            "`{written}` is no address of a site: write `https://registry.example.org`, or \
             `http://localhost:8080` on this machine, without a path"
        )
    };
    let url = Url::parse(written).map_err(|_| wrong())?;
    let Some(Host::Domain(host)) = url.host() else { return Err(wrong()) };
    let is_here = host == "localhost" || host.ends_with(".localhost");
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_safe || !is_bare || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong());
    }
    Ok((host.to_owned(), url.origin().ascii_serialization()))
}

/// A passkey that is found without a login, by a device that asks its person for a PIN, a finger or a
/// face. It is not asked what sort of device it is.
fn creation_options<'a>() -> RegistrationOptions<'a> {
    let mut options = RegistrationOptions::default();
    options.timeout = CHALLENGE_SECONDS.unsigned_abs() * 1_000;
    options.resident_key = ResidentKeyRequirement::Required;
    options.user_verification = UserVerificationRequirement::Required;
    options
}

fn request_options() -> AuthenticationOptions {
    let mut options = AuthenticationOptions::default();
    options.timeout = CHALLENGE_SECONDS.unsigned_abs() * 1_000;
    options.user_verification = UserVerificationRequirement::Required;
    options
}

/// A passkey as the library wants it.
fn stored(passkey: &KeptPasskey) -> StoredPasskey {
    let mut stored = StoredPasskey::default();
    stored.credential_id.clone_from(&passkey.credential_id);
    stored.public_key.clone_from(&passkey.public_key);
    // What cannot be, no signature fits.
    stored.algorithm = i32::try_from(passkey.algorithm).unwrap_or_default();
    stored.counter = u32::try_from(passkey.sign_count).unwrap_or(u32::MAX);
    stored
}

/// The challenge that a browser says it was asked with.
pub(super) fn challenge_of(client_data: &str) -> Option<Vec<u8>> {
    let client_data = ClientData::from_base64(client_data).ok()?;
    decoded(&client_data.challenge)
}

/// Bytes that were sent as base64url without padding.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    Passki::base64_decode(text).ok()
}

const UNREADABLE: &str = "it cannot be read";

/// Why, in words that say nothing of what was sent.
fn because(error: &PasskiError) -> Refused {
    Refused::Because(match error {
        PasskiError::OriginMismatch { .. } | PasskiError::RpIdHashMismatch => {
            "it was shown at an address that is not a public address of this installation"
        }
        PasskiError::CrossOriginNotAllowed => "it was shown in a page within another page",
        PasskiError::ClientDataTypeMismatch { .. } => "it was shown for another purpose",
        PasskiError::UserNotPresent | PasskiError::UserVerificationRequired => {
            "the device did not ask its person"
        }
        PasskiError::SignatureVerificationFailed => "the signature is not of this passkey",
        PasskiError::UnsupportedAlgorithm(_) => {
            "its signatures are of a kind that was not asked for"
        }
        _ => UNREADABLE,
    })
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    fn at(addresses: &[&str]) -> Result<RelyingParty, String> {
        let addresses: Vec<String> = addresses.iter().map(|&each| each.to_owned()).collect();
        RelyingParty::at(&addresses)
    }

    #[test]
    fn passkeys_belong_to_the_host_of_the_first_address() {
        let found =
            at(&["https://Registry.Example.org", "https://field.registry.example.org:8443/"]);
        let library = found.expect("they are addresses").library;
        assert_eq!(library.rp_id, "registry.example.org");
        let origins = ["https://registry.example.org", "https://field.registry.example.org:8443"];
        assert_eq!(library.rp_origins, origins);
        assert_eq!(
            RelyingParty::on_this_machine(8080).library.rp_origins,
            ["http://localhost:8080"]
        );
    }

    #[test]
    fn where_no_browser_shows_passkeys_is_no_address() {
        let too_much = "https://somebody@registry.example.org";
        for wrong in [
            "http://registry.example.org",
            "https://192.0.2.1",
            "https://[2001:db8::1]",
            "http://127.0.0.1:8080",
            "https://registry.example.org/concord",
            "https://registry.example.org?a",
            "ftp://registry.example.org",
            "registry.example.org",
            "localhost:8080",
            "",
            too_much,
        ] {
            assert!(at(&[wrong]).is_err(), "{wrong}");
        }
        assert!(at(&[]).is_err());
        for other in ["https://example.org", "https://otherregistry.example.org"] {
            assert!(at(&["https://registry.example.org", other]).is_err(), "{other}");
        }
    }
}
