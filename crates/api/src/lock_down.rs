//! While the installation is locked down, every request is refused before anything else is looked
//! at, but for whether the server is well.

use actix_web::{HttpResponse, dev::ServiceRequest, web};
use concord_app::{App, Error};

use crate::{call::finish, problem::Problem};

/// What is answered all the same, to whoever watches the server.
pub const HEALTH: [&str; 2] = ["/livez", "/readyz"];

/// The refusal of a request, if the installation is locked down.
pub fn refusal(request: &ServiceRequest) -> Option<HttpResponse> {
    let app = request.app_data::<web::Data<App>>()?;
    let is_refused = app.store.keys().is_locked() && !HEALTH.contains(&request.path());
    is_refused.then(|| finish(Problem::from(Error::LockedDown).response()))
}
