//! `concord keys`: the key that tokens are signed with, and those that free texts are sealed with.

use clap::{Args, Subcommand};
use concord_app::{Clock, SystemClock, auth::KeyRing, sealing};

use crate::{
    keys::Former,
    setup::{Place, Standing},
};

/// Look at the keys of the tokens and of the free texts, or let others take their place
#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the id of each key of the tokens, and what it does
    List,
    /// Let a new key sign tokens; servers that run notice with the next request
    Rotate {
        /// Refuse at once what the former keys signed: for a key that somebody else may know
        #[arg(long)]
        at_once: bool,
    },
    /// Seal the free texts and the secrets of second factors that stand in the clear, from before
    /// they were sealed
    Seal,
    /// Let a new key of the server wrap the keys of the organisations, and destroy the one before.
    /// In CONCORD_SERVER_KEY, put the new key before the old one first, and take the old one away
    /// afterwards
    RotateServerKey,
    /// Let a new key seal the free texts of an organisation, and destroy the one before
    RotateOrganizationKey {
        /// The operation, by its key or id
        operation: String,
        /// The organisation, by its key or id; without one, what is no single organisation's: notes
        /// on flags, and what the desk keeps
        organization: Option<String>,
    },
}

impl Keys {
    /// Does it.
    pub fn run(self) -> Result<(), String> {
        let now = SystemClock.now().naive_utc();
        match self.action {
            Action::List => super::print(&lines(&self.place.keys.open()?, now)),
            Action::Rotate { at_once } => {
                let former = if at_once { Former::Refused } else { Former::Verifies };
                super::print(&lines(&self.place.keys.rotate(former, now)?, now))
            }
            Action::Seal => seal(&self.place),
            Action::RotateServerKey => {
                let app = self.place.open("command_keys", Standing::LockedDownOrNot)?;
                let (name, wrapped) = self.place.server_key.rotate(&app)?;
                super::print(&format!("The key {name} wraps {wrapped} keys of organisations."))
            }
            Action::RotateOrganizationKey { operation, organization } => {
                let app = self.place.open("command_keys", Standing::Open)?;
                let sealed = sealing::renew_key(&app, &operation, organization.as_deref())
                    .map_err(super::told)?;
                let count = sealed.renewed + sealed.clear;
                super::print(&format!("A new key seals {count} rows with free texts."))?;
                forget(&app)
            }
        }
    }
}

fn seal(place: &Place) -> Result<(), String> {
    let app = place.open("command_keys", Standing::Open)?;
    for (operation, sealed) in sealing::seal_clear(&app).map_err(super::told)? {
        let count = sealed.clear;
        super::print(&format!("Operation {operation}: {count} rows with free texts sealed."))?;
    }
    let count = sealing::seal_clear_secrets(&app).map_err(super::told)?;
    super::print(&format!("Accounts: {count} secrets of second factors sealed."))?;
    forget(&app)
}

/// What a row was before is still in the files of a database until they are written anew.
fn forget(app: &concord_app::App) -> Result<(), String> {
    app.store.forget_former_rows().map_err(|error| {
        format!(
            "It is done, but what stood there before may still be in the files of the database: \
             stop the servers and do it again ({error})"
        )
    })?;
    super::print(
        &"The files of the database hold no more what stood there before. Copies that were made \
          before, and the log that PostgreSQL keeps, may: destroy them.",
    )
}

fn lines(ring: &KeyRing, now: chrono::NaiveDateTime) -> String {
    let line = |(kid, until): (&str, Option<chrono::DateTime<chrono::Utc>>)| match until {
        None => format!("{kid}  signs"),
        Some(until) => format!("{kid}  verifies until {}", until.format("%FT%TZ")),
    };
    ring.listed(now).into_iter().map(line).collect::<Vec<_>>().join("\n")
}
