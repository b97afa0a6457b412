use crate::harness::{Answer, Database, Service, call, redis_url};

const API: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

fn with(env: &[(&str, &str)]) -> Service {
    Service::start(&Database::migrated().app_url(), &redis_url(), env)
}

fn from(service: &Service, client: &str) -> Answer {
    call(service.address, "GET", "/", &[("x-forwarded-for", client)], "")
}

#[test]
fn answers_of_the_api_are_kept_nowhere_and_framed_by_nobody() {
    let service = Service::fresh();
    for path in ["/api/notes", "/nowhere", "/health"] {
        let answer = service.get(path);
        assert_eq!(API.map(|(name, _)| (name, answer.header(name))), API, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
    }
}

#[test]
fn what_a_handler_says_of_its_answer_stands() {
    let page = Service::fresh().get("/");
    assert_eq!(page.header("cache-control"), "no-cache");
    assert!(page.header("content-security-policy").starts_with("default-src 'self'"));
    assert_eq!(page.header("x-frame-options"), "DENY");
}

#[test]
fn strict_transport_can_be_left_to_the_proxy() {
    let service = with(&[("HSTS_SECONDS", "0")]);
    assert_eq!(service.get("/health").header("strict-transport-security"), "");
}

#[test]
fn a_client_that_asks_too_often_waits_and_others_do_not() {
    let service = with(&[("RATE_LIMIT_PER_SECOND", "1"), ("RATE_LIMIT_BURST", "3")]);
    let statuses: Vec<u16> = (0..4).map(|_| from(&service, "198.51.100.7").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let refused = from(&service, "203.0.113.1, 198.51.100.7");
    assert_eq!((refused.status, refused.header("content-type")), (429, "application/problem+json"));
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!(["1", "2"].contains(&refused.header("retry-after")), "{}", refused.header("retry-after"));
    assert_eq!(from(&service, "198.51.100.8").status, 200);
    assert_eq!(service.get("/health").status, 200);
    assert!(service.metric(r#"http_requests_total{method="GET",route="/",status="429"}"#) >= 2.0);
}
