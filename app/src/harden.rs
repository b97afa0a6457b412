//! Security headers for browsers and caches on every public answer, unless its handler has set its own.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

use crate::routes::App;

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    // Policy for answers that are not a page: nothing in them may run, load or be framed.
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

pub async fn harden(State(app): State<Arc<App>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Some(hsts) = &app.hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
    response
}

/// Strict-Transport-Security for this many seconds. Browsers obey it only on an answer over HTTPS.
pub fn hsts(seconds: u64) -> Option<HeaderValue> {
    let value = format!("max-age={seconds}; includeSubDomains");
    if seconds == 0 { None } else { HeaderValue::try_from(value).ok() }
}
