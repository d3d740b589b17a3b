//! The SMTP server that takes messages to people, if there is one.

use std::{env, fs, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use concord_app::smtp::{Security, Server, Settings};
use zeroize::Zeroizing;

use crate::public_address::PublicAddress;

/// Holds the password itself, instead of a file. It is no flag: flags are seen by everybody on a
/// machine.
const VARIABLE: &str = "CONCORD_SMTP_PASSWORD";

/// Who takes messages to people
#[derive(Args, Clone)]
pub struct SmtpServer {
    /// A server that takes e-mail to people (SMTP), as `host` or `host:port`. Without one nobody is
    /// told anything by e-mail
    #[arg(long, env = "CONCORD_SMTP_SERVER", requires_all = ["smtp_sender", "public_address"])]
    smtp_server: Option<String>,
    /// How what is sent to it is kept from others: TLS from the first byte on (port 465 unless said),
    /// TLS once it was asked for, without which nothing is sent (587), or none, for a server on this
    /// very machine (25)
    #[arg(long, env = "CONCORD_SMTP_SECURITY", value_enum, default_value = "tls")]
    smtp_security: SmtpSecurity,
    /// The address that messages come from
    #[arg(long, env = "CONCORD_SMTP_SENDER", requires = "smtp_server")]
    smtp_sender: Option<String>,
    /// The name by which it knows this installation, if it asks for one
    #[arg(long, env = "CONCORD_SMTP_USER", requires = "smtp_server")]
    smtp_user: Option<String>,
    /// The file with the password of that name; `CONCORD_SMTP_PASSWORD` can hold the password itself
    /// instead
    #[arg(long, env = "CONCORD_SMTP_PASSWORD_FILE", requires = "smtp_user")]
    smtp_password_file: Option<PathBuf>,
    /// A file with the certificates to trust, as PEM, in place of those that browsers trust
    #[arg(long, env = "CONCORD_SMTP_CERTIFICATES", requires = "smtp_server")]
    smtp_certificates: Option<PathBuf>,
}

// A line of help for each would make all help take four times as many lines.
/// How what is sent to the server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SmtpSecurity {
    Tls,
    Starttls,
    None,
}

impl SmtpServer {
    /// The server, which is asked nothing yet.
    pub fn open(&self, addresses: &PublicAddress) -> Result<Option<Arc<Server>>, String> {
        let Some(server) = self.smtp_server.clone() else { return Ok(None) };
        let settings = Settings {
            server,
            security: match self.smtp_security {
                SmtpSecurity::Tls => Security::Tls,
                SmtpSecurity::Starttls => Security::StartTls,
                SmtpSecurity::None => Security::None,
            },
            sender: self.smtp_sender.clone().unwrap_or_default(),
            user: self.user()?,
            certificates: self.certificates()?,
            public_address: addresses.first().unwrap_or_default().to_owned(),
        };
        let server = Server::new(settings);
        server.map(Arc::new).map(Some).map_err(|error| format!("the SMTP server: {error}"))
    }

    fn user(&self) -> Result<Option<(String, Zeroizing<String>)>, String> {
        let Some(user) = &self.smtp_user else { return Ok(None) };
        let (place, written) = match (env::var_os(VARIABLE), &self.smtp_password_file) {
            (Some(written), _) => (VARIABLE.to_owned(), written.into_encoded_bytes()),
            (None, Some(path)) => {
                let place = path.display().to_string();
                (place.clone(), fs::read(path).map_err(|error| format!("{place}: {error}"))?)
            }
            (None, None) => {
                return Err(format!(
                    "the SMTP server: there is no password of `{user}`: set --smtp-password-file or \
                     {VARIABLE}"
                ));
            }
        };
        let written = Zeroizing::new(written);
        let password = str::from_utf8(&written).map(str::trim).unwrap_or_default();
        if password.is_empty() {
            return Err(format!("{place}: there is no password in it"));
        }
        Ok(Some((user.clone(), Zeroizing::new(password.to_owned()))))
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, String> {
        let Some(path) = &self.smtp_certificates else { return Ok(None) };
        fs::read(path).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }
}
