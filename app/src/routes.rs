//! Routes of the public and of the ops address.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode},
    middleware,
    routing::get,
};
use tower_http::timeout::TimeoutLayer;

use crate::{
    assets,
    cache::Cache,
    db::Db,
    harden::harden,
    limit::{Limiter, limit},
    metrics::Metrics,
    notes,
    observe::{observe, served_by},
    ops,
    problem::Problem,
};

/// Limit of a request body: larger than the largest note with every character escaped.
const BODY_LIMIT: usize = 256 * 1024;
/// Limit of a whole request. Bounds a client that sends its body slowly, and with it the length of a shutdown.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Routes whose series exist from the start, with the usual status.
pub const KNOWN: [(&str, &str, u16); 6] = [
    ("POST", "/api/notes", 201),
    ("GET", "/api/notes", 200),
    ("GET", "/api/notes/{id}", 200),
    ("DELETE", "/api/notes/{id}", 204),
    ("GET", "/", 200),
    ("GET", "/assets/{file}", 200),
];

pub struct App {
    pub db: Db,
    pub cache: Cache,
    pub metrics: Metrics,
    pub draining: AtomicBool,
    pub hostname: HeaderValue,
    pub version: String,
    pub limiter: Option<Limiter>,
    pub hsts: Option<HeaderValue>,
}

pub fn public(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/api/notes", get(notes::list).post(notes::create))
        .route("/api/notes/{id}", get(notes::read).delete(notes::delete))
        .route("/", get(assets::index))
        .route("/assets/{file}", get(assets::file))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not served here")
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(middleware::from_fn_with_state(app.clone(), limit))
        .layer(middleware::from_fn_with_state(app.clone(), observe))
        // Added after the layers, so that probes are not observed.
        .route("/health", get(ops::health))
        .layer(middleware::map_response_with_state(app.clone(), harden))
        .layer(middleware::map_response_with_state(app.clone(), served_by))
}

pub fn ops() -> Router<Arc<App>> {
    Router::new().route("/ready", get(ops::ready)).route("/metrics", get(ops::metrics))
}

pub fn health() -> Router<Arc<App>> {
    Router::new().route("/health", get(ops::health))
}
