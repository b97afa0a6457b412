//! Tenant of a request, from its header. The header is trusted, because the authentication in front of the service sets
//! it.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use crate::{problem::Problem, routes::App};

pub struct Tenant(pub Uuid);

impl FromRequestParts<Arc<App>> for Tenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let header = parts.headers.get("x-tenant-id").and_then(|value| value.to_str().ok());
        let id = header.and_then(|text| Uuid::try_parse(text).ok()).ok_or_else(|| {
            let got = header.map_or("nothing".into(), |text| text.chars().take(64).collect::<String>());
            Problem::bad_request(format!("x-tenant-id: must be a UUID, got {got}; send the tenant's id in this header"))
        })?;
        tracing::Span::current().record("tenant_id", tracing::field::display(id));
        app.metrics.tenant_requests.inc();
        Ok(Self(id))
    }
}
