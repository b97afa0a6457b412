//! Endpoints for the platform: liveness, readiness and metrics. They are not counted or logged as requests, because
//! probes would hide the users.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{exposition, problem::Problem, routes::App};

/// Liveness. Checks nothing outside the process, because a restart would not repair a database.
pub async fn health(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "status": "ok", "version": app.version }))
}

/// Readiness. Only the database and a shutdown take the service out; without its cache it is slower but correct.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    let (database, cache) = tokio::join!(app.db.probe(), app.cache.probe());
    let draining = app.draining.load(Ordering::Relaxed);
    let status = match (&database, &cache, draining) {
        (_, _, true) => "draining",
        (Err(_), _, _) => "unavailable",
        (Ok(()), Err(_), _) => "degraded",
        (Ok(()), Ok(()), _) => "ready",
    };
    if let Err(error) = &database {
        tracing::warn!(%error, reason = error.reason(), "not ready: the database failed");
    }
    let code = if draining || database.is_err() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = json!({
        "status": status,
        "database": database.as_ref().map_or_else(|error| error.reason(), |()| "ok"),
        "cache": cache.map_or_else(|reason| reason, |()| "ok"),
    });
    (code, Json(body)).into_response()
}

pub async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let text = app.metrics.render(&app.db, &app.cache).map_err(|error| {
        tracing::error!(%error, "cannot render the metrics");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "cannot render the metrics")
    })?;
    let (content_type, text) = exposition::negotiated(&headers, text);
    Ok(([(header::CONTENT_TYPE, content_type), (header::VARY, "accept")], text).into_response())
}
