use serde_json::json;
use uuid::Uuid;

use crate::{
    harness::{Database, Service, eventually, healthcheck, healthcheck_at, password, redis_url, required, target},
    proxy::Proxy,
};

fn through(proxy: &Proxy, url: &str) -> String {
    url.replace(&target(url).to_string(), &proxy.address.to_string())
}

#[test]
fn ready_when_both_answer() {
    let service = Service::fresh();
    let both = json!({ "status": "ready", "database": "ok", "cache": "ok" });
    let ready = service.ready_when("both answer", |ready| ready.json() == both);
    assert_eq!(ready.status, 200);
}

#[test]
fn without_its_database_the_service_is_alive_but_not_ready_and_recovers() {
    let url = Database::migrated().app_url();
    let proxy = Proxy::to(target(&url));
    let service = Service::start(&through(&proxy, &url), &redis_url(), &[]).connected();

    proxy.cut();
    let ready = service.ready_when("the loss of the database", |ready| ready.status == 503 && ready.json()["cache"] == "ok");
    assert_ne!(ready.json()["database"], "ok");
    assert_eq!(service.get("/health").status, 200);
    assert!(healthcheck(service.address).success());
    let answer = service.call("GET", "/api/notes", Uuid::now_v7(), "");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}", service.raw_log());
    assert_eq!(service.metric(r#"http_errors_total{method="GET",route="/api/notes",status="503"}"#), 1.0);

    proxy.heal();
    service.ready_when("readiness", |ready| ready.status == 200);
}

#[test]
fn without_its_cache_the_service_is_degraded_and_recovers() {
    let url = redis_url();
    let proxy = Proxy::to(target(&url));
    let service = Service::start(&Database::migrated().app_url(), &through(&proxy, &url), &[]).connected();
    let tenant = Uuid::now_v7();
    let path = format!("/api/notes/{}", service.create(tenant, "kept"));
    eventually("a hit", || (service.call("GET", &path, tenant, "").header("x-cache") == "hit").then_some(()));

    proxy.cut();
    let ready = service.ready_when("the loss of the cache", |ready| ready.json()["status"] == "degraded");
    assert_eq!(ready.status, 200);
    let read = service.call("GET", &path, tenant, "");
    assert_eq!((read.status, read.header("x-cache"), &read.json()["title"]), (200, "miss", &"kept".into()));
    let other = format!("/api/notes/{}", service.create(tenant, "new"));
    assert_eq!(service.call("DELETE", &other, tenant, "").status, 204);
    assert!(service.metric("cache_errors_total") >= 1.0);

    proxy.heal();
    eventually("a hit", || (service.call("GET", &path, tenant, "").header("x-cache") == "hit").then_some(()));
    service.ready_when("both answer", |ready| ready.json()["status"] == "ready");
}

#[test]
fn the_service_starts_before_its_servers_do() {
    let url = "postgres://acci_app:hunter2@127.0.0.1:1/acci";
    let service = Service::start(url, "redis://acci:hunter2@127.0.0.1:1/0", &[]);
    assert_eq!(service.get("/health").status, 200);
    let both = json!({ "status": "unavailable", "database": "timeout", "cache": "unreachable" });
    assert_eq!(service.ready_when("both reasons", |ready| ready.json() == both).status, 503);
}

#[test]
fn the_reason_for_a_refusal_is_a_class_and_no_secret_is_shown() {
    let database = Database::migrated();
    let (url, redis) = (database.app_url(), redis_url());
    let wrong_url = url.replace(password(&url), "hunter2");
    let wrong_redis = redis.replace(password(&redis), "hunter2");
    let service = Service::start(&wrong_url, &wrong_redis, &[("LOG_LEVEL", "trace")]);
    service.ready_when("both reasons", |ready| {
        ready.status == 503 && ready.json()["database"] == "authentication" && ready.json()["cache"] == "authentication"
    });
    service.call("GET", &format!("/api/notes/{}", Uuid::now_v7()), Uuid::now_v7(), "");
    service.wait_for_log(|line| line["reason"] == "authentication");
    service.wait_for_log(|line| line["message"] == "the cache failed; going on without it");
    let log = service.raw_log();
    assert!(!log.contains("hunter2") && !log.contains("postgres://") && !log.contains("redis://"), "{log}");
}

#[test]
fn a_server_of_another_authority_is_refused() {
    let url = Database::migrated().app_url();
    assert!(url.contains("sslmode=verify-full") && url.contains("/ca.crt"), "run the tests with app/test.sh");
    let service = Service::start(&url.replace("/ca.crt", "/other-ca.crt"), &redis_url(), &[]);
    service.database_refused("tls");
}

#[test]
fn an_empty_database_is_not_ready() {
    let service = Service::start(&Database::empty().app_url(), &redis_url(), &[]);
    service.database_refused("not_migrated");
}

#[test]
fn the_health_check_fails_when_nothing_listens() {
    assert_eq!(healthcheck(([127, 0, 0, 1], 1).into()).code(), Some(1));
}

#[test]
fn the_health_check_asks_another_service_when_told_its_url() {
    let service = Service::start(&Database::empty().app_url(), &redis_url(), &[]);
    let port = service.address.port();
    assert!(healthcheck_at(&format!("http://localhost:{port}/health")).status.success());

    let refused = healthcheck_at(&format!("http://localhost:{port}/nowhere"));
    let expected = format!("healthcheck: localhost:{port}/nowhere must be 200, got 404\n");
    assert_eq!((refused.status.code(), String::from_utf8(refused.stderr).unwrap()), (Some(1), expected));
}

#[test]
fn the_cache_is_used_over_tls_only_when_its_certificate_verifies() {
    let (url, ca) = (required("TEST_REDIS_TLS_URL"), required("TEST_CA_FILE"));
    let database = Database::migrated().app_url();
    let with = |url: &str, ca: &str| Service::start(&database, url, &[("REDIS_CA_FILE", ca)]);
    with(&url, &ca).connected();
    let other_ca = ca.replace("/ca.crt", "/other-ca.crt");
    let other_name = url.replace("127.0.0.1", "localhost");
    for service in [with(&url, &other_ca), with(&other_name, &ca)] {
        service.ready_when("a refused certificate", |ready| ready.json()["cache"] == "unreachable");
    }
}
