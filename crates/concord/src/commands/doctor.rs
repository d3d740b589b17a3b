//! `concord doctor`: what is set, and whether it works.

use clap::Args;
use concord_app::{
    audit::sequence::{examine, sequence},
    coherence,
};
use concord_store::{StoreError, disclosed};

use crate::setup::{Place, Standing};

/// Look whether the database, the keys, the flags and the audit log are as they should be
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
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
        match (wrong, broken.len()) {
            (0, 0) => Ok(()),
            (0, _) => Err("the audit log is not whole".to_owned()),
            _ => Err("some flags are not as they should be".to_owned()),
        }
    }
}
