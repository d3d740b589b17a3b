//! JSON in, use case, JSON out.
//!
//! One list of routes makes both the server and its OpenAPI document. An endpoint is a function
//! from a `Call` to an `Answer`; everything that all of them share
//! happens once, in `call`. Nothing is decided here.

use std::sync::Arc;

use actix_web::web::{self, PayloadConfig, ServiceConfig};
use concord_app::App;

mod call;
mod document;
mod json;
mod lock_down;
mod metrics;
mod problem;
mod routes;
mod trace;
mod views;

pub use document::openapi;
pub use lock_down::ToldToPeople;
pub use metrics::{Metrics, configure_metrics};
pub use trace::trace;

/// The largest body of a request, in bytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// The largest bundle, in bytes.
pub const BUNDLE_BYTES_MAX: usize = 32 << 20;

/// Adds every route to a server.
pub fn configure(app: &App, config: &mut ServiceConfig) {
    config.app_data(web::Data::new(app.clone()));
    let mut seen: Vec<&str> = Vec::new();
    for first in routes::all() {
        if seen.contains(&first.path.as_str()) {
            continue;
        }
        seen.push(&first.path);
        let here = || routes::all().iter().filter(|route| route.path == first.path);
        let limit = here().map(|route| route.body_bytes_max).max().unwrap_or_default();
        let mut allowed: Vec<&str> = here().map(|route| route.method.as_str()).collect();
        allowed.sort_unstable();
        let allowed: Arc<str> = allowed.join(", ").into();
        let mut resource = web::resource(&first.path)
            .app_data(PayloadConfig::new(limit))
            .default_service(web::to(move || std::future::ready(call::no_such_method(&allowed))));
        for route in here() {
            resource = resource.route(route.service());
        }
        config.service(resource);
    }
    config.service(document::interactive());
    config.default_service(web::to(call::no_such_path));
}
