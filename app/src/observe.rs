//! Middleware around every request: correlation id, log line, metrics, and the header that names the replica.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, field};
use uuid::Uuid;

use crate::{metrics::Metrics, routes::App};

const ID_MAX: usize = 128;

pub async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let method = known_method(request.method());
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", |m| m.as_str()).to_owned();
    let span = tracing::info_span!("request", request_id = id, trace_id = field::Empty, tenant_id = field::Empty);
    if let Some(trace) = trace_id(request.headers()) {
        span.record("trace_id", trace);
    }
    let watch = Watch::start(&app.metrics, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let duration_ms = watch.started.elapsed().as_secs_f64() * 1000.0;
    span.in_scope(|| tracing::info!(method, path, route = watch.route, status, duration_ms, "request"));
    watch.finish(status);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}

/// Names the replica that answered, for a canary or a load-balancing test to count.
pub async fn served_by(State(app): State<Arc<App>>, mut response: Response) -> Response {
    response.headers_mut().insert("x-served-by", app.hostname.clone());
    response
}

/// The caller's id if it is safe in logs and headers, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    given.filter(harmless).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// Trace id of W3C `traceparent`, so that log lines join the trace that the proxy in front started.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("traceparent")?.to_str().ok()?.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
}

/// Clients may invent methods; a label must not, so an unknown one becomes OTHER.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}

/// Counts a request when dropped, because a client that hangs up ends the request without an answer.
struct Watch<'a> {
    metrics: &'a Metrics,
    method: &'static str,
    route: String,
    started: Instant,
    status: u16,
}

impl<'a> Watch<'a> {
    fn start(metrics: &'a Metrics, method: &'static str, route: String) -> Self {
        metrics.active.inc();
        // Starts with 499, the usual status for "the client closed the connection".
        Self { metrics, method, route, started: Instant::now(), status: 499 }
    }

    fn finish(mut self, status: u16) {
        self.status = status;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let status = self.status.to_string();
        self.metrics.active.dec();
        self.metrics.requests.with_label_values(&[self.method, &self.route, &status]).inc();
        if self.status >= 500 {
            self.metrics.errors.with_label_values(&[self.method, &self.route, &status]).inc();
        }
        let seconds = self.started.elapsed().as_secs_f64();
        self.metrics.duration.with_label_values(&[self.method, &self.route]).observe(seconds);
    }
}
