//! Middleware around every request: correlation id, span, log line, metrics, and the header that names the replica.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::{routes::App, trace_context};

const ID_MAX: usize = 128;

pub async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let method = known_method(request.method());
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
    let span = server_span(&id, method, &path, route.as_deref());
    trace_context::adopt(&span, request.headers());
    let watch = Watch::start(app, method, route.unwrap_or_else(|| "unmatched".into()), span.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let duration_ms = watch.started.elapsed().as_secs_f64() * 1000.0;
    span.in_scope(|| tracing::info!(method, path, route = watch.route, status, duration_ms, "request"));
    watch.finish(status);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    if let Some(value) = trace_context::response_header(&span) {
        headers.insert("traceresponse", value);
    }
    response
}

/// Span of a request, by OpenTelemetry's conventions for HTTP servers: named by the route's template, since a name made
/// of paths would be another one for every note.
fn server_span(id: &str, method: &'static str, path: &str, route: Option<&str>) -> Span {
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    tracing::info_span!(
        "request",
        request_id = id,
        tenant_id = field::Empty,
        trace_id = field::Empty,
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        url.path = path,
        url.scheme = "http",
        error.type = field::Empty,
    )
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
struct Watch {
    app: Arc<App>,
    method: &'static str,
    route: String,
    span: Span,
    started: Instant,
    status: u16,
}

impl Watch {
    fn start(app: Arc<App>, method: &'static str, route: String, span: Span) -> Self {
        app.metrics.active.inc();
        // Starts with 499, the usual status for "the client closed the connection".
        Self { app, method, route, span, started: Instant::now(), status: 499 }
    }

    fn finish(mut self, status: u16) {
        self.status = status;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.span.record("http.response.status_code", self.status);
        if self.status >= 500 {
            self.span.record("otel.status_code", "ERROR").record("error.type", self.status.to_string().as_str());
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let trace = trace_context::of(&self.span);
        self.app.metrics.active.dec();
        self.app.metrics.answered(self.method, std::mem::take(&mut self.route), self.status, seconds, &trace);
    }
}
