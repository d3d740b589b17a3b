//! Asks an identity provider who somebody is: OpenID Connect, authorisation code with PKCE, against
//! any provider that publishes what it is (discovery).
//!
//! Nothing is decided here but whether what the provider says can be believed: signed by one of its
//! keys with one of three algorithms, by this very provider, for this very client, now, and in
//! answer to what was asked. Whose account that is, is not known here. Time is passed in.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

mod client;
mod metadata;
mod token;

use client::Client;
use metadata::{Metadata, Published};

/// How many requests are sent to a provider at once; whoever asks for more is told to wait.
pub const AT_ONCE_MAX: usize = 8;
/// How old a sign-in at the provider may be, in seconds.
pub const SIGNED_IN_SECONDS_MAX: i64 = 12 * 60 * 60;
/// How far the clocks of the provider and of the server may differ, in seconds.
pub const LEEWAY_SECONDS: i64 = 60;

/// Why it is not known who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider does not answer, or not as it should.
    #[error("the identity provider: {0}")]
    Unreachable(String),
    /// Too many ask at once.
    #[error("too many ask the identity provider at once")]
    Busy,
    /// What was sent proves nothing.
    #[error("{0}")]
    Refused(String),
}

/// What the provider is, and what this installation is to it.
pub struct Settings {
    /// What the provider is called: the address under which it publishes what it is.
    pub issuer: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// What it is known by there; none for a public client.
    pub client_secret: Option<Zeroizing<String>>,
    /// Where the provider sends people back to: the page of a client of the API.
    pub redirect_uri: String,
    /// The ways of signing in there, by their `acr` or `amr`, after which no second factor is asked
    /// for here.
    pub sufficient: Sufficient,
    /// Certificates to trust, as PEM, in place of those that browsers trust.
    pub certificates: Option<Vec<u8>>,
}

/// Which ways of signing in at the provider are enough by themselves.
#[derive(Clone, Debug, Default)]
pub struct Sufficient {
    /// Values of `acr`.
    pub acr: Vec<String>,
    /// Values of which one is in `amr`.
    pub amr: Vec<String>,
}

/// What somebody is sent to the provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// To say who they are; a sign-in of some hours ago will do.
    Identity,
    /// To prove it anew.
    FreshProof,
}

/// What somebody is sent to the provider with.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// By which what comes back is known.
    pub state: &'a str,
    /// What the token has to hold.
    pub nonce: &'a str,
    /// The S256 of the verifier.
    pub challenge: &'a str,
    /// What for.
    pub wanted: Wanted,
}

/// What came back from the provider, and what it was asked with.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    /// The code that came back.
    pub code: &'a str,
    /// The issuer that came back with it, if one did (RFC 9207).
    pub issuer: Option<&'a str>,
    /// What the challenge was made of.
    pub verifier: &'a str,
    /// What the token has to hold.
    pub nonce: &'a str,
    /// What for.
    pub wanted: Wanted,
}

/// Who somebody is, as the provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// What it calls the person, the same for ever.
    pub subject: String,
    /// When the person proved it there, in seconds since 1970, if it says so.
    pub proved_at: Option<i64>,
    /// Whether the way in which they did is enough by itself.
    pub is_sufficient: bool,
}

/// An identity provider.
pub struct Provider {
    settings: Settings,
    client: Client,
    published: Mutex<Option<Published>>,
    asking: AtomicUsize,
}

impl Provider {
    /// A provider that is asked nothing yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words.
    pub fn new(settings: Settings) -> Result<Self, String> {
        metadata::safe(&settings.issuer, &settings.issuer)
            .map_err(|what| format!("the issuer `{}` {what}", settings.issuer))?;
        if settings.client_id.is_empty() {
            return Err("the client id is empty: see --oidc-client-id".to_owned());
        }
        let redirect = Url::parse(&settings.redirect_uri);
        if redirect.is_err() || settings.redirect_uri.contains('#') {
            let uri = &settings.redirect_uri;
            return Err(format!("the redirect URI `{uri}` is no address, or has a fragment"));
        }
        let client = Client::new(&settings)?;
        let (published, asking) = (Mutex::new(None), AtomicUsize::new(0));
        Ok(Self { settings, client, published, asking })
    }

    /// What the provider is called.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where it sends people back to.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.settings.redirect_uri
    }

    /// Where to send somebody.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Busy`].
    pub fn authorization_url(&self, asked: &Asked<'_>, now: i64) -> Result<String, Error> {
        let metadata = self.metadata(now)?;
        let unfit = |_| Error::Unreachable("its authorization endpoint is no address".to_owned());
        let mut url = Url::parse(&metadata.authorization_endpoint).map_err(unfit)?;
        let max_age = match asked.wanted {
            Wanted::Identity => SIGNED_IN_SECONDS_MAX,
            Wanted::FreshProof => 0,
        };
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", asked.challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("max_age", &max_age.to_string());
        if asked.wanted == Wanted::FreshProof {
            query.append_pair("prompt", "login");
        }
        if !self.settings.sufficient.acr.is_empty() {
            query.append_pair("acr_values", &self.settings.sufficient.acr.join(" "));
        }
        drop(query);
        Ok(url.into())
    }

    /// Who somebody is who came back from the provider.
    ///
    /// # Errors
    /// [`Error::Refused`] if what came back proves nothing; [`Error::Unreachable`],
    /// [`Error::Busy`].
    pub fn identity(&self, returned: &Returned<'_>, now: i64) -> Result<Identity, Error> {
        let metadata = self.metadata(now)?;
        let is_needed = metadata.authorization_response_iss_parameter_supported;
        match returned.issuer {
            Some(issuer) if issuer == self.settings.issuer => {}
            None if !is_needed => {}
            _ => return Err(Error::Refused("it came back from another provider".to_owned())),
        }
        let token = {
            let _asking = self.ask()?;
            let token = self.client.token(&self.settings, &metadata, returned)?;
            token.ok_or_else(|| Error::Refused("the provider takes no such code".to_owned()))?
        };
        let claims = self.claims(&token, now)?;
        let expected = token::Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: returned.nonce,
            wanted: returned.wanted,
            now,
        };
        claims.check(&expected).map_err(|what| Error::Refused(what.to_owned()))?;
        let is_sufficient = claims.is_sufficient(&self.settings.sufficient);
        Ok(Identity {
            issuer: claims.iss,
            subject: claims.sub,
            proved_at: claims.auth_time,
            is_sufficient,
        })
    }

    /// What a token says that a key of the provider signed. If it is none of those that are known,
    /// they are asked for again: the provider may have another since.
    fn claims(&self, token: &str, now: i64) -> Result<token::Claims, Error> {
        let known = self.published(now)?.keys;
        if let Some(claims) = token::signed(token, &known) {
            return Ok(claims);
        }
        let renewed = self.renewed_keys(now)?;
        token::signed(token, &renewed)
            .ok_or_else(|| Error::Refused("no key of the provider signed the token".to_owned()))
    }

    fn metadata(&self, now: i64) -> Result<Metadata, Error> {
        Ok(self.published(now)?.metadata)
    }

    /// What the provider publishes, asked for again after a while.
    fn published(&self, now: i64) -> Result<Published, Error> {
        if let Some(known) = self.known().filter(|known| known.is_current(now)) {
            return Ok(known);
        }
        let _asking = self.ask()?;
        let metadata = self.client.metadata(&self.settings.issuer)?;
        let keys = self.client.keys(&metadata)?;
        let (read_at, keys_read_at) = (now, now);
        let published = Published { metadata, keys, read_at, keys_read_at };
        self.keep(published.clone());
        Ok(published)
    }

    fn renewed_keys(&self, now: i64) -> Result<Vec<jsonwebtoken::jwk::Jwk>, Error> {
        let known = self.published(now)?;
        if !known.may_have_other_keys(now) {
            return Ok(known.keys);
        }
        let _asking = self.ask()?;
        let keys = self.client.keys(&known.metadata)?;
        self.keep(Published { keys: keys.clone(), keys_read_at: now, ..known });
        Ok(keys)
    }

    fn known(&self) -> Option<Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, published: Published) {
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = Some(published);
    }

    /// As long as the answer lives, a request may be sent.
    fn ask(&self) -> Result<Asking<'_>, Error> {
        let asking = Asking(&self.asking);
        if asking.0.fetch_add(1, SeqCst) < AT_ONCE_MAX { Ok(asking) } else { Err(Error::Busy) }
    }
}

struct Asking<'p>(&'p AtomicUsize);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// What a token endpoint answers, as far as it matters.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}
