use uuid::Uuid;

use crate::harness::{Database, Service, call, migrate, redis_url};

/// Errors alone, and the line in which the harness reads the address.
const ERRORS: &str = "error,acci::serve=info";

#[test]
fn ops_endpoints_are_only_on_their_own_address_when_it_is_set() {
    let database = Database::migrated();
    let service = Service::start(&database.app_url(), &redis_url(), &[("OPS_ADDR", "127.0.0.1:0")]);
    for path in ["/metrics", "/ready"] {
        assert_eq!(call(service.address, "GET", path, &[], "").status, 404, "{path}");
        assert_eq!(call(service.ops, "GET", path, &[], "").status, 200, "{path}");
    }
    assert_eq!(call(service.ops, "GET", "/health", &[], "").status, 200);
    assert_eq!(call(service.address, "GET", "/health", &[], "").status, 200);
    assert_eq!(call(service.ops, "GET", "/api/notes", &[], "").status, 404);
}

#[test]
fn ops_endpoints_share_the_address_when_there_is_only_one() {
    let service = Service::fresh();
    assert_eq!(service.get("/metrics").status, 200);
    assert_eq!(service.get("/ready").status, 200);
}

#[test]
fn the_documented_metrics_are_there() {
    let service = Service::fresh();
    service.create(Uuid::now_v7(), "counted");
    let created = r#"{method="POST",route="/api/notes",status="201"}"#;
    assert_eq!(service.metric(&format!("http_requests_total{created}")), 1.0);
    assert_eq!(service.metric(r#"http_errors_total{method="POST",route="/api/notes",status="500"}"#), 0.0);
    assert_eq!(service.metric(r#"http_request_duration_seconds_count{method="POST",route="/api/notes"}"#), 1.0);
    assert_eq!(service.metric("http_active_requests"), 0.0);
    assert_eq!(service.metric("acci_tenant_requests_total"), 1.0);
    assert_eq!(service.metric(r#"db_connections_max{pool="main"}"#), 10.0);
    assert_eq!(service.metric(r#"db_connections_active{pool="main"}"#), 0.0);
    assert_eq!(service.metric(r#"db_connections_idle{pool="main"}"#), 1.0);
    assert!(service.metric("process_memory_rss_bytes") > 1e6);
    assert!((0.0..5.0).contains(&service.metric("process_cpu_seconds_total")));
    assert!(service.metric("process_open_fds") > 5.0);
}

#[test]
fn clients_cannot_invent_label_values() {
    let service = Service::fresh();
    call(service.address, "BREW", "/coffee/42", &[("x-tenant-id", "me")], "");
    service.call("GET", &format!("/api/notes/{}", Uuid::now_v7()), Uuid::now_v7(), "");
    assert_eq!(service.metric(r#"http_requests_total{method="OTHER",route="unmatched",status="404"}"#), 1.0);
    assert_eq!(service.metric(r#"http_requests_total{method="GET",route="/api/notes/{id}",status="404"}"#), 1.0);
    let text = service.get("/metrics").body;
    assert!(!text.contains("coffee") && !text.contains("BREW"), "{text}");
}

#[test]
fn every_line_of_a_request_carries_its_correlation_id() {
    // A database without migrations causes a second line, logged deeper in the code.
    let service = Service::start(&Database::empty().app_url(), &redis_url(), &[]);
    let tenant = Uuid::now_v7().to_string();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let headers = [
        ("x-tenant-id", tenant.as_str()),
        ("x-request-id", "from-the-caller"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    let answer = call(service.address, "GET", "/api/notes?limit=3", &headers, "");
    assert_eq!((answer.status, answer.header("x-request-id")), (503, "from-the-caller"));
    let request = service.wait_for_log(|line| line["message"] == "request");
    assert_eq!((&request["status"], &request["route"]), (&503.into(), &"/api/notes".into()));
    let failure = service.wait_for_log(|line| line["message"] == "the database failed");
    assert_eq!(failure["level"], "ERROR");
    for line in [request, failure] {
        assert_eq!(line["request_id"], "from-the-caller");
        assert_eq!(line["tenant_id"], tenant);
        assert_eq!(line["trace_id"], trace);
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}

#[test]
fn a_missing_or_harmful_request_id_is_replaced() {
    let service = Service::fresh();
    let generated = service.get("/").header("x-request-id").to_owned();
    assert!(Uuid::try_parse(&generated).is_ok(), "{generated}");
    let answer = call(service.address, "GET", "/", &[("x-request-id", "a\"b c")], "");
    assert!(Uuid::try_parse(answer.header("x-request-id")).is_ok());
}

#[test]
fn the_level_is_configurable() {
    let database = Database::migrated();
    let service = Service::start(&database.app_url(), &redis_url(), &[("LOG_LEVEL", "info,acci::observe=warn")]);
    service.get("/");
    service.terminate();
    service.wait_for_log(|line| line["message"] == "shutdown: complete");
    assert!(!service.log().iter().any(|line| line["message"] == "request"));
}

#[test]
fn a_level_that_hides_requests_leaves_their_ids_on_the_other_lines() {
    let service = Service::start(&Database::empty().app_url(), &redis_url(), &[("LOG_LEVEL", ERRORS)]);
    let tenant = Uuid::now_v7().to_string();
    call(service.address, "GET", "/api/notes", &[("x-tenant-id", &tenant), ("x-request-id", "the-caller")], "");
    let failure = service.wait_for_log(|line| line["message"] == "the database failed");
    assert_eq!((&failure["request_id"], &failure["tenant_id"]), (&"the-caller".into(), &tenant.into()));
}

#[test]
fn audit_lines_have_a_target_of_their_own_that_no_level_hides() {
    let database = Database::empty();
    let migrated = migrate(&database.url("acci"), &[("LOG_LEVEL", "error")]);
    let granted: serde_json::Value = serde_json::from_slice(&migrated.stdout).unwrap();
    assert_eq!((&granted["target"], &granted["action"]), (&"audit".into(), &"grant".into()));
    assert_eq!((&granted["role"], &granted["rights"]), (&"acci_app".into(), &"SELECT, INSERT, DELETE".into()));

    let service = Service::start(&database.app_url(), &redis_url(), &[("LOG_LEVEL", ERRORS)]);
    let tenant = Uuid::now_v7();
    let id = service.create(tenant, "deleted");
    assert_eq!(service.call("DELETE", &format!("/api/notes/{id}"), tenant, "").status, 204);
    let deleted = service.wait_for_log(|line| line["action"] == "delete");
    assert_eq!((&deleted["target"], &deleted["note"]), (&"audit".into(), &id.into()));
    assert_eq!(deleted["tenant_id"], tenant.to_string());
    assert!(deleted["request_id"].is_string());
    assert!(!service.log().iter().any(|line| line["message"] == "request"));
}
