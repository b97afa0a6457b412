//! The page and its files, embedded by build.rs with hashed names and gzip copies.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

pub struct Asset {
    name: &'static str,
    etag: &'static str,
    body: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";
const CONTENT_POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

pub async fn index(headers: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.name == "index.html") {
        Some(page) => answer(page, REVALIDATE, &headers),
        None => Problem::not_found().into_response(),
    }
}

/// Serves a file by its hashed name. During a rollout a page of the old version may request an old name from a new
/// process: it gets the present file, with a cache lifetime that makes it revalidate.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let exact = FILES.iter().find(|file| file.name == name).map(|file| (file, FOR_EVER));
    let same = || {
        let asked = without_hash(&name)?;
        FILES.iter().find(|file| without_hash(file.name) == Some(asked)).map(|file| (file, REVALIDATE))
    };
    match exact.or_else(same) {
        Some((file, caching)) => answer(file, caching, &headers),
        None => Problem::not_found().into_response(),
    }
}

/// `app.0123456789abcdef.js` -> (`app`, `js`)
fn without_hash(name: &str) -> Option<(&str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (stem, _hash) = stem.rsplit_once('.')?;
    Some((stem, extension))
}

fn answer(asset: &Asset, caching: &'static str, headers: &HeaderMap) -> Response {
    let asked = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let common = [
        (header::ETAG, asset.etag),
        (header::CACHE_CONTROL, caching),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    // A proxy that recompresses an answer turns its ETag into a weak one.
    if asked(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, content_type(asset.name))];
    if accepts_gzip(asked(header::ACCEPT_ENCODING)) {
        return (common, kind, [(header::CONTENT_ENCODING, "gzip")], asset.gzip).into_response();
    }
    (common, kind, asset.body).into_response()
}

fn accepts_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|quality| quality == "q=0")
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
