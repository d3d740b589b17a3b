//! What a provider publishes of itself: where it is asked what, and its keys.

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use url::{Host, Url};

/// After how many seconds all of it is read again.
const READ_AGAIN_SECONDS: i64 = 60 * 60;
/// After how many seconds keys are asked for again because a token has another one.
const KEYS_AGAIN_SECONDS: i64 = 60;

/// What a provider is (OpenID Connect Discovery 1.0), as far as it matters.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub code_challenge_methods_supported: Option<Vec<String>>,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// It and the keys, and when they were read.
#[derive(Clone, Debug)]
pub struct Published {
    pub metadata: Metadata,
    pub keys: Vec<Jwk>,
    pub read_at: i64,
    pub keys_read_at: i64,
}

impl Published {
    /// Whether it need not be read again. What was read at a time to come was read by a clock that
    /// was put back.
    pub const fn is_current(&self, now: i64) -> bool {
        self.read_at <= now && now < self.read_at + READ_AGAIN_SECONDS
    }

    pub const fn may_have_other_keys(&self, now: i64) -> bool {
        now < self.keys_read_at || self.keys_read_at + KEYS_AGAIN_SECONDS <= now
    }
}

impl Metadata {
    /// What is wrong with it for this issuer, if anything is.
    pub fn fault(&self, issuer: &str) -> Option<String> {
        if self.issuer != issuer {
            return Some("it publishes what another issuer is".to_owned());
        }
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        for endpoint in endpoints {
            if let Err(what) = safe(endpoint, issuer) {
                return Some(format!("its endpoint `{endpoint}` {what}"));
            }
        }
        // A provider that does not say so may take it all the same, and it is sent in any case.
        let methods = self.code_challenge_methods_supported.as_ref();
        if methods.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return Some("it takes no challenge by S256".to_owned());
        }
        None
    }
}

/// Whether an address is one to which secrets may be sent: by TLS, or on this machine if the issuer
/// is on it too.
pub fn safe(address: &str, issuer: &str) -> Result<(), &'static str> {
    let url = Url::parse(address).map_err(|_| "is no address")?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("has a fragment, or a login in it");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_here(&url) && Url::parse(issuer).is_ok_and(|url| is_here(&url)) => Ok(()),
        _ => Err("does not begin with https://"),
    }
}

/// Whether an address is on this very machine.
pub fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_sent_by_tls_or_stay_on_this_machine() {
        let here = "http://127.0.0.1:7000";
        for address in [here, "http://localhost/x", "http://[::1]:1/", "https://id.example/"] {
            assert_eq!(safe(address, here), Ok(()), "{address}");
        }
        for address in ["http://id.example/", "http://10.0.0.1/", "http://localhost.example/"] {
            assert!(safe(address, here).is_err(), "{address}");
        }
        assert!(safe(here, "https://id.example").is_err(), "from afar nothing here is asked");
        for address in ["", "id.example", "file:///etc/passwd", "https://a:b@id.example/"] {
            assert!(safe(address, "https://id.example").is_err(), "{address}");
        }
    }
}
