//! `concord replay`: other people's tools are built on what this prints.

use clap::Args;

/// Evaluate a bundle in memory and print the flags that it raises
#[derive(Args)]
pub struct Replay {
    /// The bundle; `-` reads standard input
    file: String,
}

impl Replay {
    /// Prints the flags.
    pub fn run(self) -> Result<(), String> {
        let value = super::read_json(&self.file)?;
        let flags =
            concord_domain::replay::replay(&value).map_err(|faults| super::list(&faults))?;
        super::print_json(&flags)
    }
}
