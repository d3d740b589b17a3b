//! The identity provider at which people can sign in, if there is one.

use std::{env, fs, path::PathBuf, sync::Arc};

use clap::Args;
use concord_app::oidc::{Provider, Settings, Sufficient};
use zeroize::Zeroizing;

/// Holds the client secret itself, instead of a file. It is no flag: flags are seen by everybody on
/// a machine.
const VARIABLE: &str = "CONCORD_OIDC_CLIENT_SECRET";

/// Where people can sign in besides
#[derive(Args, Clone)]
pub struct IdentityProvider {
    /// An identity provider at which people can sign in (OpenID Connect), by its issuer: the address
    /// under which it publishes what it is
    #[arg(long, env = "CONCORD_OIDC_ISSUER", requires_all = ["oidc_client_id", "oidc_redirect_uri"])]
    oidc_issuer: Option<String>,
    /// What it calls this installation
    #[arg(long, env = "CONCORD_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    oidc_client_id: Option<String>,
    /// The file with the secret of that client, if it has one; `CONCORD_OIDC_CLIENT_SECRET` can hold
    /// the secret itself instead
    #[arg(long, env = "CONCORD_OIDC_CLIENT_SECRET_FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
    /// Where it sends people back to: `/sign-in/elsewhere` below the public address, for the pages, or a
    /// page of another application that they use
    #[arg(long, env = "CONCORD_OIDC_REDIRECT_URI", requires = "oidc_issuer")]
    oidc_redirect_uri: Option<String>,
    /// Ways of signing in there, `acr=…` or `amr=…`, with commas between them, after which no second
    /// factor is asked for here
    #[arg(long, env = "CONCORD_OIDC_SUFFICIENT", value_delimiter = ',', requires = "oidc_issuer")]
    oidc_sufficient: Vec<String>,
    /// A file with the certificates to trust, as PEM, in place of those that browsers trust
    #[arg(long, env = "CONCORD_OIDC_CERTIFICATES", requires = "oidc_issuer")]
    oidc_certificates: Option<PathBuf>,
}

impl IdentityProvider {
    /// The provider, which is asked nothing yet.
    pub fn open(&self) -> Result<Option<Arc<Provider>>, String> {
        let Some(issuer) = self.oidc_issuer.clone() else { return Ok(None) };
        let settings = Settings {
            issuer,
            client_id: self.oidc_client_id.clone().unwrap_or_default(),
            client_secret: self.secret()?,
            redirect_uri: self.oidc_redirect_uri.clone().unwrap_or_default(),
            sufficient: sufficient(&self.oidc_sufficient)?,
            certificates: self.certificates()?,
        };
        let provider = Provider::new(settings);
        provider.map(Arc::new).map(Some).map_err(|error| format!("the identity provider: {error}"))
    }

    fn secret(&self) -> Result<Option<Zeroizing<String>>, String> {
        if let Some(written) = env::var_os(VARIABLE) {
            let written = Zeroizing::new(written.into_encoded_bytes());
            return secret(&written).map(Some).map_err(|error| format!("{VARIABLE}: {error}"));
        }
        let Some(path) = &self.oidc_client_secret_file else { return Ok(None) };
        let told = |error: String| format!("{}: {error}", path.display());
        let written =
            fs::read(path).map(Zeroizing::new).map_err(|error| told(error.to_string()))?;
        secret(&written).map(Some).map_err(told)
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, String> {
        let Some(path) = &self.oidc_certificates else { return Ok(None) };
        fs::read(path).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn secret(written: &[u8]) -> Result<Zeroizing<String>, String> {
    let text = str::from_utf8(written).map_err(|_| "a client secret is text".to_owned())?.trim();
    if text.is_empty() {
        return Err("there is no client secret in it".to_owned());
    }
    Ok(Zeroizing::new(text.to_owned()))
}

fn sufficient(written: &[String]) -> Result<Sufficient, String> {
    let mut sufficient = Sufficient::default();
    for each in written {
        match each.trim().split_once('=') {
            Some(("acr", value)) if !value.is_empty() => sufficient.acr.push(value.to_owned()),
            Some(("amr", value)) if !value.is_empty() => sufficient.amr.push(value.to_owned()),
            _ => {
                return Err(format!(
                    "`{each}` is no way of signing in: write `acr=…` or `amr=…`, as the identity \
                     provider calls it"
                ));
            }
        }
    }
    Ok(sufficient)
}
