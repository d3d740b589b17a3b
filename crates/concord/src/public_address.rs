//! Where people reach the installation, which it cannot know by itself.

use std::sync::Arc;

use clap::Args;
use concord_app::auth::RelyingParty;

/// Where people reach it
#[derive(Args, Clone)]
pub struct PublicAddress {
    /// The addresses at which browsers reach it, as `https://registry.example.org`, with commas between
    /// them; passkeys belong to the host of the first, and messages lead to it. Unless said,
    /// `http://localhost` at the port where it listens
    #[arg(long, env = "CONCORD_PUBLIC_ADDRESS", value_delimiter = ',')]
    public_address: Vec<String>,
}

impl PublicAddress {
    /// What passkeys belong to, if it was said.
    pub fn relying_party(&self) -> Result<Option<Arc<RelyingParty>>, String> {
        if self.public_address.is_empty() {
            return Ok(None);
        }
        let found = RelyingParty::at(&self.public_address);
        found.map(Arc::new).map(Some).map_err(|error| format!("--public-address: {error}"))
    }

    /// The first of them.
    pub fn first(&self) -> Option<&str> {
        self.public_address.first().map(String::as_str)
    }
}
