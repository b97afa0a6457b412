use std::{io::Write, net::TcpStream, thread, time::Duration};

use uuid::Uuid;

use crate::harness::{Database, Service, answer, eventually, head, redis_url};

#[test]
fn on_sigterm_readiness_ends_first_and_the_running_request_is_answered() {
    let env = [("SHUTDOWN_DELAY_SECONDS", "1"), ("OPS_ADDR", "127.0.0.1:0")];
    let mut service = Service::start(&Database::migrated().app_url(), &redis_url(), &env);
    let tenant = Uuid::now_v7().to_string();
    let body = r#"{"title":"in flight","body":""}"#;
    let (first, rest) = body.split_at(10);
    let mut running = TcpStream::connect(service.address).unwrap();
    let head = head("POST", "/api/notes", &[("x-tenant-id", &tenant)], body.len());
    running.write_all(format!("{head}{first}").as_bytes()).unwrap();
    eventually("the request", || (service.metric("http_active_requests") == 1.0).then_some(()));

    service.terminate();
    let ready = service.ready_when("draining", |ready| ready.json()["status"] == "draining");
    assert_eq!(ready.status, 503);
    // New requests are still served during the delay, because load balancers take a moment to notice.
    assert_eq!(service.get("/health").status, 200);
    service.create(Uuid::now_v7(), "late");

    // After the delay the listener is closed, and only the running request is left.
    eventually("a closed listener", || TcpStream::connect(service.address).is_err().then_some(()));
    assert_eq!(service.ready().status, 503);
    thread::sleep(Duration::from_millis(500));
    running.write_all(rest.as_bytes()).unwrap();
    let created = answer(running);
    assert_eq!((created.status, &created.json()["title"]), (201, &"in flight".into()));
    assert_eq!(service.wait().code(), Some(0));
}

#[test]
fn an_idle_connection_does_not_hold_the_process() {
    let mut service = Service::fresh();
    let _idle = TcpStream::connect(service.address).unwrap();
    assert_eq!(service.get("/health").status, 200);
    let started = std::time::Instant::now();
    service.terminate();
    assert_eq!(service.wait().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "took {:?}", started.elapsed());
}
