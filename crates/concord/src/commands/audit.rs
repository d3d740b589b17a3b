//! `concord audit`: the log in a file, what is signed of it, and whether the two are one.

use std::{
    fs::{self, File},
    io::{self, BufReader},
};

use clap::{Args, Subcommand};
use concord_app::audit::{checkpoint, export::export, log_of, sequence::sequence, tell, verify};

use crate::setup::{Place, Standing};

/// Take the audit log out, sign what it is, and verify it elsewhere without secrets
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the whole log of an operation, or of the installation
    Export {
        #[command(flatten)]
        place: Place,
        /// The operation, by its key or id; the installation unless said
        operation: Option<String>,
    },
    /// Sign what the log is now, and print that: to be kept where nobody who runs the server can
    /// change it
    Checkpoint {
        #[command(flatten)]
        place: Place,
        /// The operation, by its key or id; the installation unless said
        operation: Option<String>,
    },
    /// Print the key that verifies checkpoints
    Key {
        #[command(flatten)]
        place: Place,
    },
    /// Say whether a log that was exported is the one that was signed
    Verify {
        /// The log
        file: String,
        /// The checkpoint
        checkpoint: String,
        /// The key that verifies the checkpoint, as `concord audit key` printed it
        #[arg(long, env = "CONCORD_AUDIT_KEY")]
        key: String,
    },
}

impl Audit {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        let told = super::told;
        match self.action {
            Action::Export { place, operation } => {
                let app = place.open("command_audit_export", Standing::LockedDownOrNot)?;
                let log = log_of(&app, operation.as_deref()).map_err(told)?;
                tell(&app, log).map_err(told)?;
                export(&app, log, &mut io::stdout().lock()).map_err(told)
            }
            Action::Checkpoint { place, operation } => {
                let app = place.open("command_audit_checkpoint", Standing::LockedDownOrNot)?;
                let log = log_of(&app, operation.as_deref()).map_err(told)?;
                tell(&app, log).map_err(told)?;
                sequence(&app).map_err(told)?;
                let note = checkpoint::make(&app, log).map_err(told)?;
                super::print(&note.trim_end())
            }
            Action::Key { place } => super::print(&place.keys.checkpoints()?.verifier()),
            Action::Verify { file, checkpoint, key } => {
                let unread = |path: &str, error| format!("{path} cannot be read: {error}");
                let note =
                    fs::read_to_string(&checkpoint).map_err(|error| unread(&checkpoint, error))?;
                let log = File::open(&file).map_err(|error| unread(&file, error))?;
                let found = verify::verify(BufReader::new(log), &note, &key)?;
                let (signed, newer) = (found.signed, found.newer);
                super::print(&format!(
                    "All {signed} records that were signed are there as they were. {newer} are \
                     newer than the checkpoint."
                ))
            }
        }
    }
}
