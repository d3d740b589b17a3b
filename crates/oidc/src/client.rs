//! The requests that are sent to a provider: each ends in time, follows nobody elsewhere, and reads
//! no more than a limit.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::jwk::Jwk;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Response, StatusCode},
    tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem},
};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::{Error, Returned, Settings, Tokens, metadata, metadata::Metadata};

/// How long a request may take, in seconds.
const REQUEST_SECONDS_MAX: u64 = 10;
/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 << 10;

/// Sends requests.
pub struct Client(Agent);

impl Client {
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let is_here = Url::parse(&settings.issuer).is_ok_and(|url| metadata::is_here(&url));
        let roots = match &settings.certificates {
            Some(pem) => trusted(pem)?,
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .root_certs(roots)
            .build();
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(REQUEST_SECONDS_MAX)))
            .max_redirects(0)
            // Requests are rare, and what is idle may have been closed there.
            .max_idle_connections(0)
            .https_only(!is_here)
            .http_status_as_error(false)
            .tls_config(tls);
        // What is asked on this machine goes through no proxy.
        let config = if is_here { config.proxy(None) } else { config };
        Ok(Self(config.build().into()))
    }

    /// What the provider says that it is.
    pub fn metadata(&self, issuer: &str) -> Result<Metadata, Error> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let found: Metadata = self.get(&address)?;
        match found.fault(issuer) {
            None => Ok(found),
            Some(what) => Err(Error::Unreachable(what)),
        }
    }

    /// The keys of the provider. What is none that is known here is left out.
    pub fn keys(&self, metadata: &Metadata) -> Result<Vec<Jwk>, Error> {
        let found: Value = self.get(&metadata.jwks_uri)?;
        let keys = found["keys"].as_array().cloned().unwrap_or_default();
        Ok(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    /// The ID token that a code is exchanged for; none if the provider does not take the code.
    pub fn token(
        &self,
        settings: &Settings,
        metadata: &Metadata,
        returned: &Returned<'_>,
    ) -> Result<Option<String>, Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", returned.code)
            .append_pair("redirect_uri", &settings.redirect_uri)
            .append_pair("code_verifier", returned.verifier);
        let mut request = self.0.post(&metadata.token_endpoint).header("accept", JSON);
        match (&settings.client_secret, by_basic(metadata)) {
            (Some(secret), true) => {
                request = request.header("authorization", &*basic(&settings.client_id, secret));
            }
            (secret, _) => {
                form.append_pair("client_id", &settings.client_id);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret);
                }
            }
        }
        let form = Zeroizing::new(form.finish());
        let request = request.content_type("application/x-www-form-urlencoded");
        let mut answer = request.send(form.as_bytes()).map_err(|error| unreachable(&error))?;
        match answer.status() {
            StatusCode::OK => Ok(Some(read::<Tokens>(&mut answer)?.id_token)),
            StatusCode::BAD_REQUEST => {
                let error: Value = read(&mut answer)?;
                match error["error"].as_str() {
                    Some("invalid_grant" | "invalid_request") => Ok(None),
                    other => {
                        let what = other.unwrap_or("no error");
                        Err(Error::Unreachable(format!("it answers `{}` to a code", plain(what))))
                    }
                }
            }
            status => Err(Error::Unreachable(format!("it answers {status} to a code"))),
        }
    }

    fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, Error> {
        let mut answer = self
            .0
            .get(address)
            .header("accept", JSON)
            .call()
            .map_err(|error| unreachable(&error))?;
        match answer.status() {
            StatusCode::OK => read(&mut answer),
            status => Err(Error::Unreachable(format!("{address} answers {status}"))),
        }
    }
}

const JSON: &str = "application/json";

fn unreachable(error: &ureq::Error) -> Error {
    Error::Unreachable(error.to_string())
}

fn read<T: DeserializeOwned>(answer: &mut Response<Body>) -> Result<T, Error> {
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
    let body = body.map(Zeroizing::new).map_err(|error| unreachable(&error))?;
    // What is wrong may quote what is secret.
    serde_json::from_slice(&body)
        .map_err(|_| Error::Unreachable("it answers what is not expected of it".to_owned()))
}

/// What a provider calls an error, as far as it can stand in a log.
fn plain(what: &str) -> String {
    what.chars().take(40).filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// Whether the secret is sent in a header, as it is unless the provider says otherwise.
fn by_basic(metadata: &Metadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported.as_ref();
    let Some(methods) = methods else { return true };
    let takes = |wanted: &str| methods.iter().any(|method| method == wanted);
    takes("client_secret_basic") || !takes("client_secret_post")
}

fn basic(client_id: &str, secret: &str) -> Zeroizing<String> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let both = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
    Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(both.as_bytes())))
}

/// The certificates of a file.
fn trusted(pem: &[u8]) -> Result<RootCerts, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => return Err("there is something in it that is no certificate".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
    }
    if found.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(RootCerts::new_with_certs(&found))
}
