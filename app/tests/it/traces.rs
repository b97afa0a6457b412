use std::{
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::trace::v1::Span;
use uuid::Uuid;

use crate::{
    collector::{Collector, attribute, hex},
    harness::{Answer, Database, Service, call, eventually, redis_url, required},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// A service that sends its spans to the collector, soon.
fn traced(collector: &Collector, env: &[(&str, &str)]) -> Service {
    exporting(&format!("http://{}", collector.address), env)
}

fn exporting(endpoint: &str, env: &[(&str, &str)]) -> Service {
    let own = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    Service::start(&Database::migrated().app_url(), &redis_url(), &[&own, env].concat()).connected()
}

/// Sends a request as a part of the caller's trace.
fn get(service: &Service, path: &str, tenant: Uuid, sampled: bool) -> Answer {
    let parent = format!("00-{TRACE}-{CALLER}-{:02x}", u8::from(sampled));
    call(service.address, "GET", path, &[("x-tenant-id", &tenant.to_string()), ("traceparent", &parent)], "")
}

fn one<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    found[0]
}

#[test]
fn a_request_is_a_span_in_its_callers_trace_with_every_step_below_it() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    let tenant = Uuid::now_v7();
    let id = service.create(tenant, "traced");
    let answer = get(&service, &format!("/api/notes/{id}"), tenant, true);
    assert_eq!((answer.status, answer.header("x-cache")), (200, "miss"));

    let spans = collector.trace(TRACE);
    let server = one(&spans, "GET /api/notes/{id}");
    assert_eq!(hex(&server.parent_span_id), CALLER);
    let text = |key| attribute(&server.attributes, key);
    assert_eq!(text("http.route"), "/api/notes/{id}");
    assert_eq!(text("http.request.method"), "GET");
    assert_eq!(text("http.response.status_code"), "200");
    assert_eq!(text("url.path"), format!("/api/notes/{id}"));
    assert_eq!(text("request_id"), answer.header("x-request-id"));
    assert_eq!(text("tenant_id"), tenant.to_string());

    let below: Vec<_> = spans.iter().filter(|span| span.parent_span_id == server.span_id).collect();
    let mut steps: Vec<_> = below.iter().map(|span| (span.start_time_unix_nano, span.name.as_str())).collect();
    steps.sort_unstable();
    let names: Vec<_> = steps.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["GET", "pool wait", "BEGIN", "SELECT", "SELECT", "COMMIT", "SET"]);
    assert_eq!(spans.len(), below.len() + 1);
    assert_eq!(attribute(&one(&spans, "GET").attributes, "db.system.name"), "redis");
    assert_eq!(attribute(&one(&spans, "COMMIT").attributes, "db.system.name"), "postgresql");
}

#[test]
fn no_span_tells_what_is_stored() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    let tenant = Uuid::now_v7();
    let id = service.create(tenant, "a secret title");
    get(&service, &format!("/api/notes/{id}"), tenant, true);
    collector.trace(TRACE);
    let all = format!("{:?}", collector.spans());
    assert!(all.contains("INSERT INTO notes"), "{all}");
    assert!(!all.contains("secret title") && !all.contains("acci:note:"), "{all}");
}

#[test]
fn lines_and_the_answer_name_the_trace_and_its_span() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    let answer = get(&service, "/api/notes", Uuid::now_v7(), true);
    let server = one(&collector.trace(TRACE), "GET /api/notes").clone();
    assert_eq!(answer.header("traceresponse"), format!("00-{TRACE}-{}-01", hex(&server.span_id)));
    let line = service.wait_for_log(|line| line["message"] == "request");
    assert_eq!((&line["trace_id"], &line["span_id"]), (&TRACE.into(), &hex(&server.span_id).into()));
    assert!(!line.as_object().unwrap().keys().any(|key| key.contains('.')), "{line}");
}

#[test]
fn a_request_without_a_caller_begins_a_trace() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    let answer = service.get("/");
    let trace = answer.header("traceresponse").split('-').nth(1).unwrap().to_owned();
    let server = one(&collector.trace(&trace), "GET /").clone();
    assert_eq!(server.parent_span_id, [0u8; 0]);
    assert_eq!(service.wait_for_log(|line| line["message"] == "request")["trace_id"], trace);
}

#[test]
fn probes_are_no_traces() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    for path in ["/health", "/ready", "/metrics"] {
        service.get(path);
    }
    get(&service, "/", Uuid::now_v7(), true);
    collector.trace(TRACE);
    let spans = collector.spans();
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE), "{spans:?}");
}

#[test]
fn the_latency_points_to_a_trace_for_scrapers_that_take_exemplars() {
    let collector = Collector::start();
    let service = traced(&collector, &[]);
    let answer = get(&service, "/api/notes", Uuid::now_v7(), true);
    let span = answer.header("traceresponse").split('-').nth(2).unwrap().to_owned();
    let accept = [("accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")];
    let metrics = call(service.ops, "GET", "/metrics", &accept, "");
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    let exemplar = format!("# {{trace_id=\"{TRACE}\",span_id=\"{span}\"}} ");
    let bucket = metrics.body.lines().find(|line| line.contains(&exemplar));
    let bucket = bucket.unwrap_or_else(|| panic!("no {exemplar} in\n{}", metrics.body));
    assert!(bucket.starts_with("http_request_duration_seconds_bucket{le="), "{bucket}");
    assert!(metrics.body.ends_with("# EOF\n"));
    assert!(!service.get("/metrics").body.contains("trace_id"));
}

#[test]
fn the_caller_decides_whether_its_trace_is_kept() {
    let collector = Collector::start();
    let service = traced(&collector, &[("OTEL_TRACES_SAMPLER", "parentbased_always_off")]);
    let dropped = get(&service, "/assets/none", Uuid::now_v7(), false);
    assert!(dropped.header("traceresponse").starts_with(&format!("00-{TRACE}-")));
    assert!(dropped.header("traceresponse").ends_with("-00"));
    assert!(service.get("/").header("traceresponse").ends_with("-00"));
    get(&service, "/api/notes", Uuid::now_v7(), true);
    let spans = collector.trace(TRACE);
    assert!(spans.iter().any(|span| span.name == "GET /api/notes"));
    assert_eq!(collector.spans().len(), spans.len());
    assert!(!spans.iter().any(|span| span.name.contains("assets")));
    // The lines of a trace that is not kept still have its id.
    let line = service.wait_for_log(|line| line["route"] == "/assets/{file}");
    assert_eq!(line["trace_id"], TRACE);
}

#[test]
fn a_failure_is_marked_where_it_happened() {
    const ERROR: i32 = 2;
    let collector = Collector::start();
    let endpoint = format!("http://{}", collector.address);
    let env = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let service = Service::start(&Database::empty().app_url(), &redis_url(), &env);
    assert_eq!(get(&service, "/api/notes", Uuid::now_v7(), true).status, 503);
    let spans = collector.trace(TRACE);
    let server = one(&spans, "GET /api/notes");
    assert_eq!(server.status.as_ref().unwrap().code, ERROR);
    assert_eq!(attribute(&server.attributes, "error.type"), "503");
    let query = one(&spans, "SELECT");
    assert_eq!(query.status.as_ref().unwrap().code, ERROR);
    assert_eq!(attribute(&query.attributes, "error.type"), "not_migrated");
    assert!(one(&spans, "BEGIN").status.as_ref().is_none_or(|status| status.code == 0));
}

#[test]
fn the_variables_of_the_specification_are_kept() {
    let collector = Collector::start();
    let env = [
        ("OTEL_SERVICE_NAME", "notes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,service.version=7,k8s.pod.name=acci-0"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-scope=acci"),
    ];
    let service = traced(&collector, &env);
    get(&service, "/", Uuid::now_v7(), true);
    collector.trace(TRACE);
    let first = collector.received().remove(0);
    assert!(first.head.starts_with("post /v1/traces http/1.1\n"), "{}", first.head);
    assert!(first.head.contains("\nx-scope: acci\n"), "{}", first.head);
    let resource = first.message.resource_spans[0].resource.clone().unwrap().attributes;
    assert_eq!(attribute(&resource, "service.name"), "notes");
    assert_eq!(attribute(&resource, "service.version"), "7");
    assert_eq!(attribute(&resource, "k8s.pod.name"), "acci-0");
    assert_eq!(attribute(&resource, "telemetry.sdk.language"), "rust");
}

#[test]
fn a_collector_with_tls_is_trusted_by_its_authority_alone() {
    let ca = required("TEST_CA_FILE");
    let collector = Collector::with_tls(Path::new(&ca).parent().unwrap());
    let endpoint = format!("https://{}", collector.address);
    let service = exporting(&endpoint, &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &ca)]);
    get(&service, "/", Uuid::now_v7(), true);
    collector.trace(TRACE);

    let other = exporting(&endpoint, &[("OTEL_EXPORTER_OTLP_CERTIFICATE", &ca.replace("/ca.crt", "/other-ca.crt"))]);
    other.get("/");
    other.wait_for_log(|line| line["message"].as_str().unwrap().starts_with("the collector does not take spans"));
    assert_eq!(collector.spans().len(), 1);
}

#[test]
fn on_sigterm_the_last_spans_are_sent() {
    let collector = Collector::start();
    let mut service = traced(&collector, &[("OTEL_BSP_SCHEDULE_DELAY", "3600000")]);
    get(&service, "/", Uuid::now_v7(), true);
    service.terminate();
    assert_eq!(service.wait().code(), Some(0));
    assert_eq!(one(&collector.spans(), "GET /").trace_id.len(), 16);
}

/// Listens and never answers, so that every export waits for its whole timeout.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

fn slowest(service: &Service, requests: usize) -> Duration {
    let times = (0..requests).map(|_| {
        let started = Instant::now();
        assert_eq!(get(service, "/api/notes", Uuid::nil(), true).status, 200);
        started.elapsed()
    });
    times.max().unwrap()
}

#[test]
fn a_collector_that_is_away_costs_spans_and_no_request() {
    let (_listener, silent) = silent();
    for endpoint in [silent.as_str(), "http://127.0.0.1:1"] {
        let env = [("OTEL_BSP_MAX_QUEUE_SIZE", "64"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")];
        let mut service = exporting(endpoint, &env);
        slowest(&service, 20);
        let before = service.metric("process_memory_rss_bytes");
        // 400 requests are more than 2400 spans: the queue is full most of the time, and the timeout is 10 s.
        let slowest = slowest(&service, 400);
        assert!(slowest < Duration::from_secs(1), "{slowest:?} for {endpoint}");
        let grown = service.metric("process_memory_rss_bytes") - before;
        assert!(grown < 4e6, "grew by {grown} bytes for {endpoint}");

        let started = Instant::now();
        service.terminate();
        assert_eq!(service.wait().code(), Some(0));
        assert!(started.elapsed() < Duration::from_secs(4), "took {:?} for {endpoint}", started.elapsed());
    }
}

#[test]
fn a_collector_that_goes_is_said_once_and_counted() {
    let service = exporting("http://127.0.0.1:1", &[]);
    let gone = |line: &serde_json::Value| line["message"].as_str().unwrap().starts_with("the collector does not take");
    let sample = r#"otel_sdk_exporter_span_exported_total{error_type="rejected_or_unreachable"}"#;
    for lost in 1..=3 {
        service.get("/");
        service.wait_for_log(gone);
        eventually("the count", || (service.metric(sample) == f64::from(lost)).then_some(()));
    }
    assert_eq!(service.log().iter().filter(|line| gone(line)).count(), 1);
}

#[test]
fn without_an_endpoint_there_is_no_exporter() {
    let service = Service::fresh();
    let answer = get(&service, "/", Uuid::now_v7(), true);
    assert_eq!(answer.header("traceresponse"), "");
    assert_eq!(service.threads().iter().filter(|name| name.starts_with("OpenTelemetry")).count(), 0);
    assert!(!service.get("/metrics").body.contains("otel_sdk"));
    // What the caller said still joins the lines.
    assert_eq!(service.wait_for_log(|line| line["message"] == "request")["trace_id"], TRACE);
}

#[test]
fn with_one_the_exporter_has_a_thread_of_its_own() {
    let service = traced(&Collector::start(), &[]);
    assert_eq!(service.threads().iter().filter(|name| name.starts_with("OpenTelemetry")).count(), 1);
}
