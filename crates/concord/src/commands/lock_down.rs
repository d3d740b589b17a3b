//! `concord lock-down`: close the installation, and open it again.

use std::{thread, time::Duration};

use clap::{Args, Subcommand};
use concord_app::lock_down::{self, LOOK_EVERY_MS};

use crate::setup::{Place, Standing};

/// Lock the installation down: end all sessions, drop the keys, answer nothing
#[derive(Args)]
pub struct LockDown {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Open the installation again; everybody signs in anew
    Lift,
}

impl LockDown {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        match self.action {
            None => {
                // No key is needed to close what nobody may read.
                let app = self.place.open_without_key("command_lock_down")?;
                lock_down::begin(&app).map_err(super::told)?;
                super::print(
                    &"The installation is locked down: all sessions have ended. Servers \
                               that run notice within a second. `concord lock-down lift` opens it.",
                )
            }
            Some(Action::Lift) => {
                let app = self.place.open("command_lock_down", Standing::LockedDownOrNot)?;
                if self.place.lock_down_file.exists() {
                    let file = self.place.lock_down_file.display().to_string();
                    std::fs::remove_file(&self.place.lock_down_file)
                        .map_err(|error| format!("{file} cannot be removed: {error}"))?;
                    // Until every server has seen that it is gone.
                    thread::sleep(Duration::from_millis(2 * LOOK_EVERY_MS));
                }
                let stood = lock_down::lift(&app).map_err(super::told)?;
                super::print(if stood {
                    &"The lock-down is lifted. Servers that run notice within a second."
                } else {
                    &"The installation was not locked down."
                })
            }
        }
    }
}
