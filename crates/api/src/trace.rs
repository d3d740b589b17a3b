//! One line in the log for each request: an id, the route, the status and the time it took; and
//! nothing that the caller sent. The same is counted, if metrics are kept.

use std::time::Instant;

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use concord_app::App;

use crate::{lock_down, metrics::Metrics};

/// The headers that every answer has, pages and documents included, unless it says them itself.
const FIXED: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Gives a request an id, and writes its line. While the installation is locked down nothing else is
/// done with it.
///
/// # Errors
/// Those of the service.
pub async fn trace<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let started = Instant::now();
    let id = request.app_data::<web::Data<App>>().map(|app| app.ids.id().to_string());
    let id = id.unwrap_or_default();
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let method = request.method().clone();
    let mut response = match lock_down::refusal(&request) {
        Some(refusal) => request.into_response(refusal).map_into_right_body(),
        None => next.call(request).await?.map_into_left_body(),
    };
    let pattern = response.request().match_pattern();
    let took = started.elapsed();
    let status = response.status().as_u16();
    if let Some(metrics) = metrics {
        metrics.answered((pattern.as_deref(), &method), status, took);
    }
    let route = pattern.unwrap_or_default();
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = %id, %method, route, status, duration_us, "answered");
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
