use super::*;

const DB: (&str, &str) =
    ("DATABASE_URL", "postgres://acci_app:hunter2@db:5432/acci?sslmode=verify-full&sslrootcert=/ca.crt");
const REDIS: (&str, &str) = ("REDIS_URL", "redis://acci:hunter2@cache:6379/0");

fn env(pairs: &[(&'static str, &str)]) -> Env<impl Fn(&str) -> Option<String>> {
    let pairs: Vec<(&str, String)> = pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Env::new(move |key| pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone()))
}

fn serve_error(pairs: &[(&'static str, &str)]) -> String {
    env(pairs).serve().err().expect("a configuration error")
}

fn file(name: &str, content: &str) -> String {
    let path = std::env::temp_dir().join(format!("acci-config-{}-{name}", std::process::id()));
    std::fs::write(&path, content).expect("a writable temp folder");
    path.display().to_string()
}

#[test]
fn defaults_apply_when_only_the_urls_are_set() {
    let config = env(&[DB, REDIS]).serve().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.ops, None);
    assert_eq!(config.database_max_connections, 10);
    assert_eq!(config.cache_ttl, Duration::from_secs(60));
    assert_eq!(config.shutdown_delay, Duration::from_secs(5));
    assert_eq!(config.log_level, "info");
    assert_eq!(config.hsts_seconds, 31_536_000);
    assert!(config.limit.is_none());
    assert_eq!(config.database.get_host(), "db");
    assert_eq!(config.database.get_username(), "acci_app");
}

#[test]
fn a_url_may_come_from_a_file_with_a_trailing_newline() {
    let path = file("url", "postgres://acci_app:pw@from-file:5432/acci\n");
    let config = env(&[("DATABASE_URL_FILE", &path), REDIS]).serve().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.database.get_host(), "from-file");
    assert_eq!(config.database.get_database(), Some("acci"));
}

#[test]
fn url_and_file_together_name_both() {
    assert_eq!(
        serve_error(&[DB, REDIS, ("REDIS_URL_FILE", "/run/redis")]),
        "REDIS_URL: must not be set together with REDIS_URL_FILE, got /run/redis; unset one of the two"
    );
}

#[test]
fn a_missing_file_is_named() {
    assert_eq!(
        serve_error(&[("DATABASE_URL_FILE", "/nowhere/url"), REDIS]),
        "DATABASE_URL_FILE: cannot be read (No such file or directory (os error 2)), got /nowhere/url; \
         mount the file or correct the path"
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    assert_eq!(
        serve_error(&[
            ("DATABASE_URL", ""),
            ("LISTEN_ADDR", "8080"),
            ("CACHE_TTL_SECONDS", "0"),
            ("LOG_LEVEL", "loud")
        ]),
        "DATABASE_URL: is required, got nothing; set DATABASE_URL or DATABASE_URL_FILE, for example \
         postgres://user:password@host:5432/acci\n\
         REDIS_URL: is required, got nothing; set REDIS_URL or REDIS_URL_FILE, for example redis://user:password@host:6379/0\n\
         LISTEN_ADDR: is not an address with a port, got 8080; use for example 0.0.0.0:8080\n\
         CACHE_TTL_SECONDS: is out of range or not a number, got 0; use a whole number from 1 to 86400\n\
         LOG_LEVEL: is not a level, got loud; use error, warn, info, debug, trace or a list such as info,sqlx=warn"
    );
}

#[test]
fn bad_urls_are_explained_without_their_value() {
    for bad in ["mysql://acci:hunter2@db/acci", "acci:hunter2@db", "postgres://acci:hunter2@db:70000/acci"] {
        let message = serve_error(&[("DATABASE_URL", bad), REDIS]);
        assert!(message.starts_with("DATABASE_URL: "), "{message}");
        assert!(message.contains("got a hidden value; use the form postgres://user:password@host"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
    let message = serve_error(&[DB, ("REDIS_URL", "redis://acci:hunter2@cache:70000/0")]);
    assert!(message.starts_with("REDIS_URL: is not a valid Redis URL, got a hidden value"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn the_two_addresses_must_differ() {
    assert_eq!(
        serve_error(&[DB, REDIS, ("OPS_ADDR", "0.0.0.0:8080")]),
        "OPS_ADDR: must differ from LISTEN_ADDR, got 0.0.0.0:8080; choose another port or unset it"
    );
}

#[test]
fn migrate_needs_no_cache() {
    let config = env(&[DB]).migrate().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.app_role, "acci_app");
}

#[test]
fn the_health_check_asks_the_loopback_address_of_a_wildcard() {
    let address = |listen| env(&[("LISTEN_ADDR", listen)]).healthcheck().map(|a| a.to_string());
    assert_eq!(address("0.0.0.0:8081"), Ok("127.0.0.1:8081".into()));
    assert_eq!(address("[::]:8080"), Ok("127.0.0.1:8080".into()));
    assert_eq!(address("10.0.0.7:8080"), Ok("10.0.0.7:8080".into()));
}

#[test]
fn a_rate_limit_has_a_burst_and_a_proxy_in_front() {
    let limit = |pairs: &[(&'static str, &str)]| {
        let limit = env(&[&[DB, REDIS], pairs].concat()).serve().unwrap_or_else(|e| panic!("{e}")).limit;
        limit.map(|limit| (limit.per_second.get(), limit.burst.get(), limit.proxies))
    };
    assert_eq!(limit(&[("RATE_LIMIT_PER_SECOND", "0")]), None);
    assert_eq!(limit(&[("RATE_LIMIT_PER_SECOND", "5")]), Some((5, 100, 1)));
    let all = [("RATE_LIMIT_PER_SECOND", "5"), ("RATE_LIMIT_BURST", "9"), ("TRUSTED_PROXIES", "2")];
    assert_eq!(limit(&all), Some((5, 9, 2)));
}

#[test]
fn the_ca_of_the_cache_needs_tls_and_a_file() {
    assert_eq!(
        serve_error(&[DB, REDIS, ("REDIS_CA_FILE", "/ca.crt")]),
        "REDIS_CA_FILE: means nothing without TLS, got /ca.crt; start REDIS_URL with rediss:// or unset this"
    );
    let tls = ("REDIS_URL", "rediss://acci:hunter2@cache:6379/0");
    let message = serve_error(&[DB, tls, ("REDIS_CA_FILE", "/nowhere/ca.crt")]);
    assert!(message.starts_with("REDIS_CA_FILE: cannot be read ("), "{message}");
    let message = serve_error(&[DB, tls, ("REDIS_CA_FILE", &file("no-ca", "-----BEGIN CERTIFICATE-----\n!"))]);
    assert!(message.starts_with("REDIS_URL: is not a valid Redis URL"), "{message}");
}

#[test]
fn spans_are_exported_only_with_an_endpoint() {
    let exported = |pairs: &[(&'static str, &str)]| {
        env(&[&[DB, REDIS], pairs].concat()).serve().unwrap_or_else(|e| panic!("{e}")).traces.is_some()
    };
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    assert!(!exported(&[]));
    assert!(exported(&[endpoint]));
    assert!(exported(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces")]));
    assert!(!exported(&[endpoint, ("OTEL_SDK_DISABLED", "TRUE")]));
    assert!(!exported(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]));
}

#[test]
fn what_the_exporter_cannot_do_is_refused_rather_than_ignored() {
    let message = serve_error(&[
        DB,
        REDIS,
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_TRACES_SAMPLER", "xray"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.crt"),
    ]);
    assert_eq!(
        message,
        "OTEL_TRACES_EXPORTER: must be otlp or none, got zipkin; unset it\n\
         OTEL_EXPORTER_OTLP_ENDPOINT: must start with http:// or https://, got collector:4318; use for example \
         http://collector:4318\n\
         OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: must be http/protobuf, got grpc; unset it and use the collector's HTTP \
         port, usually 4318\n\
         OTEL_TRACES_SAMPLER: is not a sampler, got xray; use one of always_on, always_off, traceidratio, \
         parentbased_always_on, parentbased_always_off, parentbased_traceidratio\n\
         OTEL_EXPORTER_OTLP_CERTIFICATE: cannot be read (No such file or directory (os error 2)), got /nowhere/ca.crt; \
         mount the file or correct the path"
    );
}

#[test]
fn a_ratio_is_from_zero_to_one() {
    let sampler = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    for ratio in ["10", "-0.1", "NaN", "half"] {
        assert_eq!(
            serve_error(&[DB, REDIS, endpoint, sampler, ("OTEL_TRACES_SAMPLER_ARG", ratio)]),
            format!("OTEL_TRACES_SAMPLER_ARG: must be a ratio, got {ratio}; use a number from 0 to 1")
        );
    }
    assert!(env(&[DB, REDIS, endpoint, sampler, ("OTEL_TRACES_SAMPLER_ARG", "0.25")]).serve().is_ok());
}

#[test]
fn an_endpoint_with_credentials_is_not_shown() {
    let message = serve_error(&[DB, REDIS, ("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp://acci:hunter2@collector")]);
    assert!(message.contains("got a hidden value") && !message.contains("hunter2"), "{message}");
}
