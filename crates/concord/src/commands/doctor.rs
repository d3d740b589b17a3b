//! `concord doctor`: what is set, and whether it works.

use clap::Args;
use concord_app::{
    audit::sequence::{examine, sequence},
    coherence,
};
use concord_store::{StoreError, disclosed};

use crate::{
    public_address::PublicAddress,
    setup::{Place, Standing},
    smtp_server::SmtpServer,
};

/// Look whether the database, the keys, the flags and the audit log are as they should be
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    addresses: PublicAddress,
    #[command(flatten)]
    smtp: SmtpServer,
}

impl Doctor {
    /// Says what it finds; fails if something is wrong.
    pub fn run(self) -> Result<(), String> {
        let app = self.place.open("command_doctor", Standing::Open)?;
        let kind =
            if self.place.database.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
        super::print(&format!("The database is {kind}, answers, and its schema is up to date."))?;
        super::print(&"The signing key can be read.")?;
        super::print(&"The server's key is the one that the database belongs to.")?;
        let counted = app.store.read(disclosed::counted);
        let counted = counted.map_err(|error: StoreError| error.to_string())?;
        let clear: i64 = counted.texts.iter().map(|each| each.clear).sum();
        super::print(&match clear {
            0 => "All free texts are sealed.".to_owned(),
            some => format!("{some} rows with free texts stand in the clear: `concord keys seal`."),
        })?;
        let mut wrong = 0;
        for (operation, differing) in coherence::verify(&app).map_err(super::told)? {
            wrong += differing.len();
            let found = match differing.len() {
                0 => "the flags are those of evaluating everything afresh".to_owned(),
                some => format!("{some} flags differ from evaluating everything afresh"),
            };
            super::print(&format!("Operation {operation}: {found}."))?;
        }
        sequence(&app).map_err(super::told)?;
        let broken = examine(&app).map_err(super::told)?;
        for what in &broken {
            super::print(&format!("The audit log is not whole. {what}."))?;
        }
        if broken.is_empty() {
            super::print(&"The audit log is whole.")?;
        }
        let unusable = self.ask_smtp_server()?;
        match (wrong, broken.len()) {
            (0, 0) => unusable.map_or(Ok(()), Err),
            (0, _) => Err("the audit log is not whole".to_owned()),
            _ => Err("some flags are not as they should be".to_owned()),
        }
    }
    /// Whether the SMTP server can be used: why not, if one is set and it cannot.
    fn ask_smtp_server(&self) -> Result<Option<String>, String> {
        let Some(server) = self.smtp.open(&self.addresses)? else {
            super::print(&"No SMTP server is set: nobody is told anything by e-mail.")?;
            return Ok(None);
        };
        match server.connect() {
            Ok(_) => super::print(&"The SMTP server can be used.").map(|()| None),
            Err(error) => Ok(Some(error.to_string())),
        }
    }
}
