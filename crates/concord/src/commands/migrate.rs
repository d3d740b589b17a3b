//! `concord migrate`.

use clap::Args;

use crate::setup::{Place, Standing};

/// Bring the schema of a database up to date
#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    /// Opening a database brings it up to date.
    pub fn run(self) -> Result<(), String> {
        self.place.open("command_migrate", Standing::LockedDownOrNot)?;
        super::print(&"The schema is up to date.")
    }
}
