//! What whoever watches the server reads, in the text format 0.0.4 of Prometheus: routes, methods,
//! statuses and times, and how much the database is used.
//!
//! Nothing here tells one operation, person or entry from another: no ids, no names, no counts of
//! flags. A route is the pattern that the document shows, never the path that was sent.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::Method,
    web::{self, ServiceConfig},
};
use concord_app::{App, smtp::Failures};
use prometheus::{
    Gauge, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
    core::Collector,
};

/// The upper ends of the times that are told apart, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The methods that are told apart; whoever sends others makes no new series.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::HEAD,
    Method::OPTIONS,
];

/// What was counted since the server started.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
}

type Result<T> = std::result::Result<T, prometheus::Error>;

impl Metrics {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// None is known: a name that is not written as it must be.
    pub fn new() -> Result<Self> {
        let registry = Registry::new();
        let requests = Opts::new("concord_http_requests_total", "Requests that were answered.");
        let requests = IntCounterVec::new(requests, &["route", "method", "status"])?;
        let name = "concord_http_request_duration_seconds";
        let durations = HistogramOpts::new(name, "How long requests took to be answered.");
        let durations = durations.buckets(BUCKETS.to_vec());
        let durations = HistogramVec::new(durations, &["route", "method"])?;
        let build = Opts::new("concord_build_info", "Which version runs.")
            .const_label("version", env!("CARGO_PKG_VERSION"));
        let build = Gauge::with_opts(build)?;
        build.set(1.0);
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(build))?;
        Ok(Self { registry, requests, durations })
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        (route, method): (Option<&str>, &Method),
        status: u16,
        took: Duration,
    ) {
        let route = route.unwrap_or("none");
        let method = if METHODS.contains(method) { method.as_str() } else { "other" };
        self.requests.with_label_values(&[route, method, &status.to_string()]).inc();
        self.durations.with_label_values(&[route, method]).observe(took.as_secs_f64());
    }

    /// All that was counted, as text.
    fn text(&self, app: &App) -> Result<String> {
        let mut families = self.registry.gather();
        families.extend(now(app)?.gather());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// What is so at this moment, or is counted elsewhere.
fn now(app: &App) -> Result<Registry> {
    let registry = Registry::new();
    let add = |collector: Box<dyn Collector>| registry.register(collector);
    let usage = app.store.usage();
    let connections = Opts::new(
        "concord_database_connections",
        "Connections to the database, by what they are for and whether they are in use.",
    );
    let connections = IntGaugeVec::new(connections, &["purpose", "state"])?;
    for each in usage.connections {
        for (state, count) in [("in_use", each.in_use), ("idle", each.idle), ("max", each.max)] {
            connections.with_label_values(&[each.purpose, state]).set(count.into());
        }
    }
    add(Box::new(connections))?;
    let counted = [
        (
            "concord_database_waits_total",
            "How often a connection was waited for, however shortly.",
            usage.waits as f64,
        ),
        (
            "concord_database_wait_seconds_total",
            "How long was waited for connections.",
            usage.waited.as_secs_f64(),
        ),
        (
            "concord_database_timeouts_total",
            "How often no connection came in time.",
            usage.timeouts as f64,
        ),
        (
            "concord_writes_retried_total",
            "How often a write was tried again, because other writers were in the way.",
            usage.retries as f64,
        ),
    ];
    for (name, about, count) in counted {
        let counter = prometheus::Counter::new(name, about)?;
        counter.inc_by(count);
        add(Box::new(counter))?;
    }
    if let Some(server) = &app.smtp {
        add(Box::new(email_failures(server.failures())?))?;
    }
    if let Some(bytes) = resident_bytes() {
        let name = "process_resident_memory_bytes";
        let resident = prometheus::IntGauge::new(name, "Memory that the process holds.")?;
        resident.set(bytes);
        add(Box::new(resident))?;
    }
    Ok(registry)
}

/// How often no message could be sent. How many were is not counted: in an installation of one
/// operation it would tell how much waits, hidden or not.
fn email_failures(failures: Failures) -> Result<IntCounterVec> {
    let about = "How often the SMTP server could not be used, or did not take a message.";
    let counter =
        IntCounterVec::new(Opts::new("concord_email_failures_total", about), &["reason"])?;
    let counted = [("unreachable", failures.unreachable), ("not_taken", failures.not_taken)];
    for (reason, count) in counted {
        counter.with_label_values(&[reason]).inc_by(count);
    }
    Ok(counter)
}

/// The memory that the process holds, where the system tells it.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Adds `/metrics`, and nothing else, to a server that listens where only the watchers reach it.
pub fn configure_metrics(app: &App, metrics: &web::Data<Metrics>, config: &mut ServiceConfig) {
    config.app_data(web::Data::new(app.clone()));
    config.app_data(metrics.clone());
    config.route("/metrics", web::get().to(tell));
}

async fn tell(app: web::Data<App>, metrics: web::Data<Metrics>) -> HttpResponse {
    match metrics.text(&app) {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be told");
            HttpResponse::InternalServerError().finish()
        }
    }
}
