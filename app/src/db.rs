//! Postgres: every statement runs in a transaction that row-level security binds to one tenant.

use std::time::Duration;

use sqlx::{
    PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
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
    #[error("the database takes no writes; it is a replica, or another site is in charge")]
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

    /// Begins a transaction for a tenant. Each transaction asks Postgres whether the policies apply, because they
    /// silently do not apply to a superuser.
    pub async fn begin(&self, tenant: Uuid) -> Result<Transaction<'static, Postgres>, DbError> {
        let mut tx = self.pool.begin().await?;
        let (_, _, bound): (String, String, bool) = sqlx::query_as(
            "SELECT set_config('app.tenant_id', $1, true), set_config('statement_timeout', '5s', true), \
             row_security_active('public.notes')",
        )
        .bind(tenant.to_string())
        .fetch_one(&mut *tx)
        .await?;
        if bound { Ok(tx) } else { Err(DbError::UnsafeRole) }
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
