//! `concord retention`: what the server does once a day, now.

use clap::{Args, Subcommand};
use concord_app::retention;

use crate::setup::{Place, Standing};

/// Retract the entries that are past what they are kept for
#[derive(Args)]
pub struct Retention {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Do now what the server does once a day, and write the database anew, so that nothing of what
    /// was erased is found in its files
    Run {
        #[command(flatten)]
        place: Place,
    },
}

impl Retention {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        let Action::Run { place } = self.action;
        let app = place.open("serve", Standing::Open)?;
        let done = retention::run(&app).map_err(super::told)?;
        let all: usize = done.iter().map(|(_, count)| count).sum();
        if all > 0 {
            app.store.forget_former_rows().map_err(|error| {
                format!(
                    "the entries are retracted, and the database cannot be written anew: {error}"
                )
            })?;
        }
        let lines: Vec<String> =
            done.iter().map(|(key, count)| format!("{key}: {count} entries retracted")).collect();
        super::print(&lines.join("\n"))
    }
}
