use uuid::Uuid;

use crate::harness::{Service, call};

#[test]
fn a_note_is_created_read_listed_and_deleted() {
    let service = Service::fresh();
    let tenant = Uuid::now_v7();
    let created = service.call("POST", "/api/notes", tenant, r#"{"title":"été","body":"l'île"}"#);
    assert_eq!(created.status, 201);
    let note = created.json();
    let path = created.header("location").to_owned();
    assert_eq!(path, format!("/api/notes/{}", note["id"].as_str().unwrap()));
    assert_eq!((&note["title"], &note["body"]), (&"été".into(), &"l'île".into()));

    assert_eq!(service.call("GET", &path, tenant, "").json(), note);
    let second = service.create(tenant, "second");
    let list = service.call("GET", "/api/notes", tenant, "").json();
    assert_eq!(list["notes"][0]["id"], second);
    assert_eq!(list["notes"][1], note);
    let one = service.call("GET", "/api/notes?limit=1", tenant, "").json();
    assert_eq!(one["notes"].as_array().unwrap().len(), 1);

    let deleted = service.call("DELETE", &path, tenant, "");
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(service.call("GET", &path, tenant, "").status, 404);
    assert_eq!(service.call("DELETE", &path, tenant, "").status, 404);
}

#[test]
fn the_second_read_is_answered_by_the_cache() {
    let service = Service::fresh();
    let tenant = Uuid::now_v7();
    let path = format!("/api/notes/{}", service.create(tenant, "cached"));
    let (first, second) = (service.call("GET", &path, tenant, ""), service.call("GET", &path, tenant, ""));
    assert_eq!((first.header("x-cache"), second.header("x-cache")), ("miss", "hit"));
    assert_eq!(first.json(), second.json());
    assert_eq!((service.metric("cache_hits_total"), service.metric("cache_misses_total")), (1.0, 1.0));
    assert_eq!(service.metric("cache_size_bytes"), first.body.len() as f64);
}

#[test]
fn a_cached_note_is_gone_once_deleted() {
    let service = Service::fresh();
    let tenant = Uuid::now_v7();
    let path = format!("/api/notes/{}", service.create(tenant, "cached"));
    service.call("GET", &path, tenant, "");
    assert_eq!(service.call("GET", &path, tenant, "").header("x-cache"), "hit");
    assert_eq!(service.call("DELETE", &path, tenant, "").status, 204);
    assert_eq!(service.call("GET", &path, tenant, "").status, 404);
}

#[test]
fn a_cached_note_expires() {
    let database = crate::harness::Database::migrated();
    let service = Service::start(&database.app_url(), &crate::harness::redis_url(), &[("CACHE_TTL_SECONDS", "1")]).connected();
    let tenant = Uuid::now_v7();
    let path = format!("/api/notes/{}", service.create(tenant, "short"));
    service.call("GET", &path, tenant, "");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(service.metric("cache_size_bytes"), 0.0);
    assert_eq!(service.call("GET", &path, tenant, "").header("x-cache"), "miss");
}

#[test]
fn bad_input_is_refused_with_a_reason() {
    let service = Service::fresh();
    let tenant = Uuid::now_v7();
    let long = format!(r#"{{"title":"{}"}}"#, "x".repeat(201));
    let huge = format!(r#"{{"title":"x","body":"{}"}}"#, "x".repeat(300 * 1024));
    for (body, status, detail) in [
        ("{}", 422, "missing field `title`"),
        ("not json", 400, "JSON"),
        (r#"{"title":""}"#, 400, "title: wrong length, got 0; use 1 to 200 characters"),
        (&long, 400, "title: wrong length, got 201; use 1 to 200 characters"),
        (r#"{"title":"a\u0000b"}"#, 400, "title: must not contain the NUL character"),
        (&huge, 413, "length limit exceeded"),
    ] {
        let answer = service.call("POST", "/api/notes", tenant, body);
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
        assert!(answer.json()["detail"].as_str().unwrap().contains(detail), "{}", answer.body);
    }
    for path in ["/api/notes?limit=0", "/api/notes?limit=101", "/api/notes?limit=x", "/api/notes/not-a-uuid"] {
        assert_eq!(service.call("GET", path, tenant, "").status, 400, "{path}");
    }
    assert_eq!(service.call("PUT", "/api/notes", tenant, "{}").status, 405);
    assert_eq!(service.get("/nowhere").status, 404);
}

#[test]
fn every_answer_names_the_replica() {
    let service = Service::fresh();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    for path in ["/", "/health", "/nowhere"] {
        assert_eq!(call(service.address, "GET", path, &[], "").header("x-served-by"), host.trim(), "{path}");
    }
}
