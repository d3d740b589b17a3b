//! While the installation is locked down, every request is refused before anything else is looked
//! at, but for whether the server is well.

use actix_web::{HttpRequest, HttpResponse, dev::ServiceRequest, web};
use concord_app::{App, Error};

use crate::{call::finish, problem::Problem};

/// What is answered all the same, to whoever watches the server.
pub const HEALTH: [&str; 2] = ["/livez", "/readyz"];

/// How it is told to people, who read pages; none for requests that no person makes.
#[derive(Clone, Copy)]
pub struct ToldToPeople(pub fn(&HttpRequest) -> Option<HttpResponse>);

/// The refusal of a request, if the installation is locked down.
pub fn refusal(request: &ServiceRequest) -> Option<HttpResponse> {
    let app = request.app_data::<web::Data<App>>()?;
    let is_refused = app.store.keys().is_locked() && !HEALTH.contains(&request.path());
    let people = request.app_data::<web::Data<ToldToPeople>>();
    let page = || people.and_then(|told| (told.0)(request.request()));
    is_refused
        .then(|| page().unwrap_or_else(|| finish(Problem::from(Error::LockedDown).response())))
}
