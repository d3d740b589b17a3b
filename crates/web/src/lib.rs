//! The same use cases as pages, for people in field offices: a form in, use case, a page out.
//!
//! Everything works without script and from one stylesheet. A page is a function from a `Visit` to a
//! `Reply`; what all of them share happens once, in `visit`. Nothing is decided here, and nothing is
//! asked of the database but by use cases.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{self, PayloadConfig, ServiceConfig},
};
use concord_app::{App, Error};

mod assets;
mod cookies;
mod form;
mod frame;
mod origin;
mod pages;
mod qr;
mod refusal;
mod reply;
mod routes;
mod visit;
mod words;

/// Every page: its method and its path, with the variable parts in braces.
pub static ROUTES: LazyLock<Vec<(Method, &'static str)>> = LazyLock::new(|| {
    routes::ROUTES.iter().map(|route| (route.method.clone(), route.path)).collect()
});

/// The largest form, in bytes.
pub const FORM_BYTES_MAX: usize = 64 << 10;

/// The page that tells people that the installation is locked down; none for who asks for no page.
pub fn locked_down(request: &HttpRequest) -> Option<HttpResponse> {
    let accepted = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    let is_page = accepted.contains("text/html") && !request.path().starts_with("/v1/");
    is_page.then(|| refusal::of(visit::words(request), &Error::LockedDown.into()).response())
}

/// Adds every page to a server.
pub fn configure(app: &App, config: &mut ServiceConfig) {
    config.app_data(web::Data::new(app.clone()));
    let mut seen: Vec<&str> = Vec::new();
    for first in routes::ROUTES {
        if seen.contains(&first.path) {
            continue;
        }
        seen.push(first.path);
        let mut resource = web::resource(first.path)
            .app_data(PayloadConfig::new(FORM_BYTES_MAX))
            .default_service(web::to(visit::no_such_method));
        for route in routes::ROUTES.iter().filter(|route| route.path == first.path) {
            resource = resource.route(route.service());
        }
        config.service(resource);
    }
    config.service(web::resource("/assets/{name}").route(web::get().to(assets::serve)));
    let elsewhere = web::to(visit::no_such_page);
    config.service(web::scope("/operations").default_service(elsewhere));
}
