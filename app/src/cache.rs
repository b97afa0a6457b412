//! Cache of notes in Redis. The service never depends on it: an error counts as a miss, and after an error the cache is
//! skipped for a moment, so that a dead or unreachable server does not slow every read.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    ExistenceCheck, FromRedisValue, RedisError, SetExpiry, SetOptions,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use prometheus_client::metrics::counter::Counter;
use tracing::{Instrument, Span, field};
use uuid::Uuid;

const COMMAND_TIMEOUT: Duration = Duration::from_millis(400);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
/// Value that marks a deleted note.
const TOMBSTONE: &str = "";

pub enum Lookup {
    Hit(String),
    Deleted,
    Miss,
}

pub struct Cache {
    connection: ConnectionManager,
    ttl: Duration,
    started: Instant,
    paused_until: AtomicU64,
    /// Bytes stored, by the second they expire in. The ACL denies INFO and MEMORY to the service, so it can only count
    /// its own writes.
    written: Mutex<BTreeMap<u64, u64>>,
    errors: Counter,
}

impl Cache {
    /// Creates the client without connecting. Must be called inside the runtime, which drives the connection.
    pub fn new(client: redis::Client, ttl: Duration, errors: Counter) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(COMMAND_TIMEOUT))
            .set_response_timeout(Some(COMMAND_TIMEOUT));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, config)?,
            ttl,
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
            written: Mutex::default(),
            errors,
        })
    }

    pub async fn get(&self, tenant: Uuid, id: Uuid) -> Lookup {
        match self.run::<Option<String>>("GET", |get| get.arg(key(tenant, id))).await {
            Some(Some(value)) if value == TOMBSTONE => Lookup::Deleted,
            Some(Some(value)) => Lookup::Hit(value),
            _ => Lookup::Miss,
        }
    }

    /// Stores a note only if its key is absent: a read that raced with a deletion must not replace the tombstone.
    pub async fn put(&self, tenant: Uuid, id: Uuid, value: &str) {
        let options = self.expiry().conditional_set(ExistenceCheck::NX);
        let stored = self.run::<Option<String>>("SET", |set| set.arg(key(tenant, id)).arg(value).arg(options)).await;
        if matches!(stored, Some(Some(_))) {
            let expires = (self.started.elapsed() + self.ttl).as_secs();
            *self.written().entry(expires).or_default() += value.len() as u64;
        }
    }

    pub async fn forget(&self, tenant: Uuid, id: Uuid) {
        let _ = self.run::<()>("SET", |set| set.arg(key(tenant, id)).arg(TOMBSTONE).arg(self.expiry())).await;
    }

    /// Reads a key instead of sending PING, because the ACL of the service is only sure to allow keys.
    pub async fn probe(&self) -> Result<(), &'static str> {
        let mut command = redis::cmd("EXISTS");
        match self.send::<i64>(command.arg("acci:probe")).await {
            Ok(_) => Ok(()),
            Err(Failure::Timeout) => Err("timeout"),
            Err(Failure::Redis(e)) => Err(match e.kind() {
                redis::ErrorKind::AuthenticationFailed => "authentication",
                _ if e.is_io_error() => "unreachable",
                _ if matches!(e.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => "authentication",
                _ => "error",
            }),
        }
    }

    /// Bytes that this process stored and that have not expired: an upper estimate, since Redis may evict earlier.
    pub fn size_bytes(&self) -> u64 {
        let now = self.started.elapsed().as_secs();
        let mut written = self.written();
        *written = written.split_off(&now);
        written.values().sum()
    }

    /// Runs a command in a span of its own; nothing while the cache is skipped.
    async fn run<T: FromRedisValue>(
        &self,
        name: &'static str,
        with: impl FnOnce(&mut redis::Cmd) -> &mut redis::Cmd,
    ) -> Option<T> {
        let now = || u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now() < self.paused_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut command = redis::cmd(name);
        let span = command_span(name);
        match self.send(with(&mut command)).instrument(span.clone()).await {
            Ok(value) => Some(value),
            Err(failure) => {
                span.record("otel.status_code", "ERROR").record("error.type", failure.kind());
                self.paused_until.store(now() + PAUSE_AFTER_ERROR.as_millis() as u64, Ordering::Relaxed);
                self.errors.inc();
                span.in_scope(|| tracing::warn!(error = %failure, "the cache failed; going on without it"));
                None
            }
        }
    }

    async fn send<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Failure> {
        let mut connection = self.connection.clone();
        match tokio::time::timeout(COMMAND_TIMEOUT, command.query_async(&mut connection)).await {
            Ok(result) => result.map_err(Failure::Redis),
            Err(_) => Err(Failure::Timeout),
        }
    }

    fn expiry(&self) -> SetOptions {
        SetOptions::default().with_expiration(SetExpiry::EX(self.ttl.as_secs()))
    }

    fn written(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, u64>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no answer in time")]
    Timeout,
    #[error("{0}")]
    Redis(RedisError),
}

impl Failure {
    fn kind(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Redis(error) if error.is_io_error() => "unreachable",
            Self::Redis(_) => "refused",
        }
    }
}

/// Span by OpenTelemetry's conventions for Redis, without the key: it names the tenant and the note.
fn command_span(name: &'static str) -> Span {
    tracing::info_span!(
        "cache",
        otel.name = name,
        otel.kind = "client",
        otel.status_code = field::Empty,
        db.system.name = "redis",
        db.operation.name = name,
        error.type = field::Empty,
    )
}

/// The key contains the tenant, so a cached note cannot be reached with another tenant's header.
fn key(tenant: Uuid, id: Uuid) -> String {
    format!("acci:note:{tenant}:{id}")
}
