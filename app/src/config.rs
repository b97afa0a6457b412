//! Configuration, and the only reader of the environment. Reports every problem at once and never repeats a secret.

use std::{fmt::Display, net::SocketAddr, num::NonZeroU32, ops::RangeInclusive, str::FromStr, time::Duration};

use sqlx::postgres::PgConnectOptions;

use crate::limit::Limit;

mod otel;
pub use otel::Traces;

const DATABASE_EXAMPLE: &str = "postgres://user:password@host:5432/acci";
const REDIS_EXAMPLE: &str = "redis://user:password@host:6379/0";

// No Debug on these structs, because the options hold passwords.
pub struct Serve {
    pub database: PgConnectOptions,
    pub database_max_connections: u32,
    pub redis: redis::Client,
    pub cache_ttl: Duration,
    pub listen: SocketAddr,
    pub ops: Option<SocketAddr>,
    pub shutdown_delay: Duration,
    pub hsts_seconds: u64,
    pub limit: Option<Limit>,
    /// How spans are exported; none when they are not.
    pub traces: Option<Traces>,
    pub log_level: String,
    pub version: String,
}

pub struct Migrate {
    pub database: PgConnectOptions,
    pub app_role: String,
    pub log_level: String,
}

pub struct Env<F> {
    get: F,
    problems: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Env<F> {
    pub fn new(get: F) -> Self {
        Self { get, problems: Vec::new() }
    }

    pub fn serve(mut self) -> Result<Serve, String> {
        let database = self.database();
        let redis = self.redis();
        let listen = self.address("LISTEN_ADDR", Some("0.0.0.0:8080"));
        let ops = self.address("OPS_ADDR", None);
        let max_connections = self.number("DATABASE_MAX_CONNECTIONS", 10, 1..=1000);
        let cache_ttl = self.number("CACHE_TTL_SECONDS", 60, 1..=86_400);
        let shutdown_delay = self.number("SHUTDOWN_DELAY_SECONDS", 5, 0..=300);
        let hsts_seconds = self.number("HSTS_SECONDS", 31_536_000, 0..=63_072_000);
        let limit = self.limit();
        let traces = self.traces();
        let log_level = self.log_level();
        let version = self.text("ACCI_VERSION").unwrap_or_else(|| env!("CARGO_PKG_VERSION").into());
        if let (Some(listen), Some(ops)) = (listen, ops)
            && listen == ops
            && ops.port() != 0
        {
            self.problem("OPS_ADDR", "must differ from LISTEN_ADDR", ops, "choose another port or unset it");
        }
        match (database, redis, listen, self.problems.is_empty()) {
            (Some(database), Some(redis), Some(listen), true) => Ok(Serve {
                database,
                database_max_connections: u32::try_from(max_connections).unwrap_or(u32::MAX),
                redis,
                cache_ttl: Duration::from_secs(cache_ttl),
                listen,
                ops,
                shutdown_delay: Duration::from_secs(shutdown_delay),
                hsts_seconds,
                limit,
                traces,
                log_level,
                version,
            }),
            _ => Err(self.report()),
        }
    }

    pub fn migrate(mut self) -> Result<Migrate, String> {
        let database = self.database();
        let app_role = self.text("APP_ROLE").unwrap_or_else(|| "acci_app".into());
        let log_level = self.log_level();
        match (database, self.problems.is_empty()) {
            (Some(database), true) => Ok(Migrate { database, app_role, log_level }),
            _ => Err(self.report()),
        }
    }

    /// Address on which this container's own service answers /health.
    pub fn healthcheck(mut self) -> Result<SocketAddr, String> {
        let mut address = self.address("LISTEN_ADDR", Some("0.0.0.0:8080")).ok_or_else(|| self.report())?;
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        Ok(address)
    }

    fn database(&mut self) -> Option<PgConnectOptions> {
        let url = self.url("DATABASE_URL", &["postgres://", "postgresql://"], DATABASE_EXAMPLE)?;
        // The parser's error may quote parts of the URL, so it is not passed on.
        let parsed = PgConnectOptions::from_str(&url).ok().map(|options| options.application_name("acci"));
        parsed.or_else(|| self.bad_secret("DATABASE_URL", "is not a valid Postgres URL", DATABASE_EXAMPLE))
    }

    fn redis(&mut self) -> Option<redis::Client> {
        let url = self.url("REDIS_URL", &["redis://", "rediss://"], REDIS_EXAMPLE)?;
        let client = match self.redis_ca(&url)? {
            None => redis::Client::open(url).ok(),
            root_cert => {
                redis::Client::build_with_tls(url, redis::TlsCertificates { client_tls: None, root_cert }).ok()
            }
        };
        client.or_else(|| self.bad_secret("REDIS_URL", "is not a valid Redis URL", REDIS_EXAMPLE))
    }

    /// Content of the CA file. The outer option is none after a problem.
    fn redis_ca(&mut self, url: &str) -> Option<Option<Vec<u8>>> {
        let Some(path) = self.text("REDIS_CA_FILE") else { return Some(None) };
        if !url.starts_with("rediss://") {
            let cure = "start REDIS_URL with rediss:// or unset this";
            self.problem("REDIS_CA_FILE", "means nothing without TLS", &path, cure);
            return None;
        }
        let content = std::fs::read(&path);
        if let Err(e) = &content {
            self.problem(
                "REDIS_CA_FILE",
                &format!("cannot be read ({e})"),
                &path,
                "mount the file or correct the path",
            );
        }
        content.ok().map(Some)
    }

    /// Value of `key`, or the content of the file that `<key>_FILE` names.
    fn url(&mut self, key: &str, schemes: &[&str], example: &str) -> Option<String> {
        let file_key = format!("{key}_FILE");
        let url = match (self.text(key), self.text(&file_key)) {
            (Some(_), Some(path)) => {
                self.problem(key, &format!("must not be set together with {file_key}"), &path, "unset one of the two");
                return None;
            }
            (Some(url), None) => url,
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(content) => content.trim_end_matches(['\r', '\n']).to_owned(),
                Err(e) => {
                    self.problem(
                        &file_key,
                        &format!("cannot be read ({e})"),
                        &path,
                        "mount the file or correct the path",
                    );
                    return None;
                }
            },
            (None, None) => {
                self.problem(key, "is required", "nothing", &format!("set {key} or {file_key}, for example {example}"));
                return None;
            }
        };
        if !schemes.iter().any(|scheme| url.starts_with(scheme)) {
            return self.bad_secret(key, &format!("must start with {}", schemes.join(" or ")), example);
        }
        Some(url)
    }

    /// Rate limit of one client; none when clients are not limited.
    fn limit(&mut self) -> Option<Limit> {
        let mut count = |key, default| NonZeroU32::new(self.number(key, default, 0..=100_000).try_into().ok()?);
        let per_second = count("RATE_LIMIT_PER_SECOND", 0);
        let burst = count("RATE_LIMIT_BURST", 100);
        let proxies = self.number("TRUSTED_PROXIES", 1, 1..=10) as usize;
        per_second.map(|per_second| Limit { per_second, burst: burst.unwrap_or(per_second), proxies })
    }

    fn log_level(&mut self) -> String {
        let level = self.text("LOG_LEVEL").unwrap_or_else(|| "info".into());
        if crate::log::filter(&level).is_none() {
            self.problem(
                "LOG_LEVEL",
                "is not a level",
                &level,
                "use error, warn, info, debug, trace or a list such as info,sqlx=warn",
            );
        }
        level
    }

    fn number(&mut self, key: &str, default: u64, allowed: RangeInclusive<u64>) -> u64 {
        let Some(text) = self.text(key) else { return default };
        match text.parse() {
            Ok(number) if allowed.contains(&number) => number,
            _ => {
                let cure = format!("use a whole number from {} to {}", allowed.start(), allowed.end());
                self.problem(key, "is out of range or not a number", &text, &cure);
                default
            }
        }
    }

    fn address(&mut self, key: &str, default: Option<&str>) -> Option<SocketAddr> {
        let text = self.text(key).or(default.map(str::to_owned))?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(key, "is not an address with a port", &text, "use for example 0.0.0.0:8080");
        }
        parsed
    }

    /// Value of a variable. An empty one counts as unset, because Compose passes `KEY=` for `${KEY}` when it is unset.
    fn text(&self, key: &str) -> Option<String> {
        (self.get)(key).filter(|value| !value.is_empty())
    }

    fn bad_secret<T>(&mut self, key: &str, wrong: &str, example: &str) -> Option<T> {
        self.problem(
            key,
            wrong,
            "a hidden value",
            &format!("use the form {example}, special characters percent-encoded"),
        );
        None
    }

    fn problem(&mut self, key: &str, wrong: &str, got: impl Display, cure: &str) {
        self.problems.push(format!("{key}: {wrong}, got {got}; {cure}"));
    }

    fn report(&self) -> String {
        self.problems.join("\n")
    }
}

#[cfg(test)]
#[path = "config_test.rs"]
mod tests;
