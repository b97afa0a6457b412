//! Postgres: every statement runs in a transaction that row-level security binds to one tenant.

use std::time::Duration;

use sqlx::{
    Acquire, PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::problem::Problem;
use axum::http::StatusCode;

/// Long enough to wait for the restart of a nearby server, short enough that callers do not pile up.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("row-level security does not bind this role; connect as a role without SUPERUSER and BYPASSRLS")]
    UnsafeRole,
    #[error("the database takes no writes; it is a replica, or another site is the active one")]
    ReadOnly,
    #[error("no answer in time")]
    Timeout,
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
}

#[derive(Clone)]
pub struct Db {
    pub pool: PgPool,
}

impl Db {
    /// Creates the pool without connecting: the service starts without its database and reports that on /ready.
    pub fn new(options: PgConnectOptions, max_connections: u32) -> Self {
        let pool = PgPoolOptions::new().max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT);
        Self { pool: pool.connect_lazy_with(options) }
    }

    /// A connection of the pool. The wait for it has a span of its own: a pool that is too small shows there, and not
    /// in the queries.
    pub async fn acquire(&self) -> Result<PoolConnection<Postgres>, DbError> {
        let span = tracing::info_span!("pool wait", otel.status_code = field::Empty, error.type = field::Empty);
        noting(span, self.pool.acquire()).await
    }

    pub async fn probe(&self) -> Result<(), DbError> {
        let question = "SELECT row_security_active('public.notes'), current_setting('transaction_read_only')::bool";
        let query = sqlx::query_as::<_, (bool, bool)>(question).fetch_one(&self.pool);
        match tokio::time::timeout(PROBE_TIMEOUT, query).await {
            Ok(Ok((false, _))) => Err(DbError::UnsafeRole),
            Ok(Ok((true, true))) => Err(DbError::ReadOnly),
            Ok(Ok((true, false))) => Ok(()),
            Ok(Err(e)) => Err(e.into()),
            Err(_) => Err(DbError::Timeout),
        }
    }
}

/// Begins a transaction for a tenant. Each transaction asks Postgres whether the policies apply, because they silently
/// do not apply to a superuser.
pub async fn begin(connection: &mut PgConnection, tenant: Uuid) -> Result<Transaction<'_, Postgres>, DbError> {
    let mut tx = traced("BEGIN", connection.begin()).await?;
    let bind = "SELECT set_config('app.tenant_id', $1, true), set_config('statement_timeout', '5s', true), \
                row_security_active('public.notes')";
    let query = sqlx::query_as(bind).bind(tenant.to_string()).fetch_one(&mut *tx);
    let (_, _, bound): (String, String, bool) = traced(bind, query).await?;
    if bound { Ok(tx) } else { Err(DbError::UnsafeRole) }
}

/// Runs a statement in a span, by OpenTelemetry's conventions for databases. The text has placeholders for all values,
/// so it tells nothing of what is stored.
pub async fn traced<T>(text: &str, statement: impl Future<Output = sqlx::Result<T>>) -> Result<T, DbError> {
    let operation = text.split(' ').next().unwrap_or(text);
    let span = tracing::info_span!(
        "query",
        otel.name = operation,
        otel.kind = "client",
        otel.status_code = field::Empty,
        db.system.name = "postgresql",
        db.operation.name = operation,
        db.query.text = text,
        error.type = field::Empty,
    );
    noting(span, statement).await
}

/// Runs the work inside the span, which shows an error by its class.
async fn noting<T>(span: Span, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, DbError> {
    let result = work.instrument(span.clone()).await.map_err(DbError::from);
    if let Err(error) = &result {
        span.record("otel.status_code", "ERROR").record("error.type", error.reason());
    }
    result
}

impl DbError {
    /// Class of the error without details, for an endpoint that strangers may read.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnsafeRole => "unsafe_role",
            Self::ReadOnly => "read_only",
            Self::Timeout | Self::Sqlx(sqlx::Error::PoolTimedOut) => "timeout",
            Self::Sqlx(sqlx::Error::Tls(_)) => "tls",
            // The socket reports a certificate that does not verify as invalid data.
            Self::Sqlx(sqlx::Error::Io(e)) if e.kind() == std::io::ErrorKind::InvalidData => "tls",
            // A server or proxy that hangs up during the handshake shows as a protocol error.
            Self::Sqlx(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => "unreachable",
            Self::Sqlx(sqlx::Error::Database(e)) => match e.code().as_deref() {
                Some("28P01" | "28000") => "authentication",
                Some("3D000") => "no_database",
                Some("42P01") => "not_migrated",
                Some("42501") => "permission",
                Some("25006") => "read_only",
                Some("57014") => "timeout",
                Some("53300") => "too_many_connections",
                Some("57P01" | "57P02" | "57P03") => "restarting",
                // Connection exceptions: a pooler reports these for a database that it cannot reach, or has just lost.
                Some(code) if code.starts_with("08") => "unreachable",
                _ => "error",
            },
            Self::Sqlx(_) => "error",
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        let reason = error.reason();
        tracing::error!(%error, reason, "the database failed");
        match reason {
            "error" => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the request failed; its id is in x-request-id"),
            _ => Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database is not available; try again"),
        }
    }
}
