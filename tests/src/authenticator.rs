//! A device that holds a passkey, and the browser that it is used in, as the tests play them: they make
//! and show passkeys as real ones do, or say what no real one would say.

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// That somebody touched the device.
pub const PRESENT: u8 = 0x01;
/// That the device asked its person for a PIN, a finger or a face.
pub const VERIFIED: u8 = 0x04;
/// That what is said of a new passkey follows.
const ATTESTED: u8 = 0x40;

/// A device with one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    credential_id: Vec<u8>,
    user_handle: Value,
    /// How often it has signed; nothing if it does not count.
    pub sign_count: Option<u32>,
}

/// What is said of a ceremony, before it is signed.
pub struct Said {
    /// What the browser says: what for, with which challenge, where.
    pub client_data: Value,
    /// What the passkey is for.
    pub relying_party: String,
    /// What the device says of its person.
    pub flags: u8,
    /// How often the device says that it has signed.
    pub sign_count: u32,
    /// Whose the device says that it is.
    pub user_handle: Value,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// Bytes as they travel.
pub fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes as they were before they travelled.
pub fn decoded(text: &Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text.as_str().expect("a text")).expect("base64url")
}

impl Device {
    /// A device that makes a passkey when a page at an address asks it to, and what the browser sends.
    pub fn make(options: &Value, origin: &str) -> (Self, Value) {
        Self::make_saying(options, origin, |_| {})
    }

    /// The same, saying something else.
    pub fn make_saying(
        options: &Value,
        origin: &str,
        change: impl FnOnce(&mut Said),
    ) -> (Self, Value) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let device = Self {
            credential_id: sha256(key.public_key().as_ref()),
            key,
            user_handle: options["user"]["id"].clone(),
            sign_count: Some(0),
        };
        let mut said = device.said("webauthn.create", options, &options["rp"]["id"], origin);
        said.flags |= ATTESTED;
        change(&mut said);
        let mut data = said.authenticator_data();
        // No model of a device is told.
        data.extend([0; 16]);
        data.extend(u16::try_from(device.credential_id.len()).expect("short").to_be_bytes());
        data.extend(&device.credential_id);
        data.extend(device.public_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).expect("short"));
        attestation.extend(&data);
        let made = json!({
            "id": encoded(&device.credential_id),
            "rawId": encoded(&device.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(said.client_data.to_string().as_bytes()),
                "attestationObject": encoded(&attestation),
                "transports": ["internal"],
            },
        });
        (device, made)
    }

    /// The public half, in CBOR as COSE writes it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..]);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }

    fn said(&self, kind: &str, options: &Value, relying_party: &Value, origin: &str) -> Said {
        Said {
            client_data: json!({
                "type": kind,
                "challenge": options["challenge"],
                "origin": origin,
                "crossOrigin": false,
            }),
            relying_party: relying_party.as_str().expect("a host").to_owned(),
            flags: PRESENT | VERIFIED,
            sign_count: self.sign_count.unwrap_or_default(),
            user_handle: self.user_handle.clone(),
        }
    }

    /// What a browser sends when a page at an address asks for the passkey.
    pub fn show(&mut self, options: &Value, origin: &str) -> Value {
        self.show_saying(options, origin, |_| {})
    }

    /// The same, saying something else.
    pub fn show_saying(
        &mut self,
        options: &Value,
        origin: &str,
        change: impl FnOnce(&mut Said),
    ) -> Value {
        self.sign_count = self.sign_count.map(|count| count + 1);
        let mut said = self.said("webauthn.get", options, &options["rpId"], origin);
        change(&mut said);
        let (data, client_data) = (said.authenticator_data(), said.client_data.to_string());
        let signed = [data.as_slice(), &sha256(client_data.as_bytes())].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("it is signed");
        json!({
            "id": encoded(&self.credential_id),
            "rawId": encoded(&self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(client_data.as_bytes()),
                "authenticatorData": encoded(&data),
                "signature": encoded(signature.as_ref()),
                "userHandle": said.user_handle,
            },
        })
    }
}

impl Said {
    fn authenticator_data(&self) -> Vec<u8> {
        let mut data = sha256(self.relying_party.as_bytes());
        data.push(self.flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }
}
