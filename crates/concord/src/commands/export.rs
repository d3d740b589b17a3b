//! `concord export`.

use clap::Args;
use concord_app::bundles;

use crate::setup::{Place, Standing};

/// Print a whole operation as a bundle
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// The operation, by its key or id
    operation: String,
}

impl Export {
    /// Prints the bundle.
    pub fn run(self) -> Result<(), String> {
        let app = self.place.open("command_export", Standing::Open)?;
        let bundle = bundles::export_as_server(&app, &self.operation).map_err(super::told)?;
        super::print_json(&bundle)
    }
}
