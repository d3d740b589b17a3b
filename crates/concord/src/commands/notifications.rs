//! `concord notifications`: what the server does each quarter of an hour, now.

use clap::{Args, Subcommand};
use concord_app::email;

use crate::{
    public_address::PublicAddress,
    setup::{Place, Standing},
    smtp_server::SmtpServer,
};

/// Tell people by e-mail that something waits for them
#[derive(Args)]
pub struct Notifications {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Do now what the server does each quarter of an hour. Whoever was told is not told again
    Send {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        addresses: PublicAddress,
        #[command(flatten)]
        smtp: SmtpServer,
    },
}

impl Notifications {
    /// Does it. How many were told is not printed: it would tell how much is going on.
    pub fn run(self) -> Result<(), String> {
        let Action::Send { place, addresses, smtp } = self.action;
        let smtp = smtp.open(&addresses)?;
        if smtp.is_none() {
            return Err("there is no SMTP server: set --smtp-server".to_owned());
        }
        let app = concord_app::App { smtp, ..place.open("emails", Standing::Open)? };
        let done = email::round(&app).map_err(|error| match error {
            concord_app::Error::MessageNotSent => {
                "the SMTP server cannot be used: `concord doctor` says why".to_owned()
            }
            other => super::told(other),
        })?;
        if done.not_taken > 0 {
            return Err(
                "the SMTP server did not take every message; those are tried again, up to \
                        five times within two days"
                    .to_owned(),
            );
        }
        super::print(&"Whoever was to be told was told.")
    }
}
