//! The brief and the coordination report.

use super::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
