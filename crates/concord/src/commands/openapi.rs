//! `concord openapi`.

use clap::Args;

/// Print the OpenAPI document, or the JSON Schema of a bundle
#[derive(Args)]
pub struct Openapi {
    /// The JSON Schema of a bundle instead
    #[arg(long)]
    bundle: bool,
}

impl Openapi {
    /// Prints it.
    pub fn run(self) -> Result<(), String> {
        if self.bundle {
            return super::print_json(&concord_domain::bundle::schema());
        }
        let document = serde_json::to_value(concord_api::openapi());
        super::print_json(&document.map_err(|error| error.to_string())?)
    }
}
