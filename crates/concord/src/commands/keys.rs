//! `concord keys`: which keys there are, and another one that signs.

use clap::{Args, Subcommand};
use concord_app::{Clock, SystemClock, auth::KeyRing};

use crate::keys::{Former, KeyFile};

/// Look at the keys of the tokens, or let another one sign
#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    file: KeyFile,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the id of each key, and what it does
    List,
    /// Let a new key sign; servers that run notice with the next request
    Rotate {
        /// Refuse at once what the former keys signed: for a key that somebody else may know
        #[arg(long)]
        at_once: bool,
    },
}

impl Keys {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        let now = SystemClock.now().naive_utc();
        let ring = match self.action {
            Action::List => self.file.open()?,
            Action::Rotate { at_once } => {
                let former = if at_once { Former::Refused } else { Former::Verifies };
                self.file.rotate(former, now)?
            }
        };
        super::print(&lines(&ring, now))
    }
}

fn lines(ring: &KeyRing, now: chrono::NaiveDateTime) -> String {
    let line = |(kid, until): (&str, Option<chrono::DateTime<chrono::Utc>>)| match until {
        None => format!("{kid}  signs"),
        Some(until) => format!("{kid}  verifies until {}", until.format("%FT%TZ")),
    };
    ring.listed(now).into_iter().map(line).collect::<Vec<_>>().join("\n")
}
