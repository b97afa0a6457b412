//! Rate limit of one client. Each process counts for itself: a limit across all processes is the proxy's.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};

use crate::{problem::Problem, routes::App};

pub struct Limit {
    pub per_second: NonZeroU32,
    pub burst: NonZeroU32,
    /// Number of proxies in front that add to `x-forwarded-for`. Entries further left are set by the client and can be
    /// forged.
    pub proxies: usize,
}

pub struct Limiter {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
    proxies: usize,
}

/// Interval at which idle clients are dropped, which bounds the memory they take.
const FORGET_EVERY: Duration = Duration::from_secs(60);

impl Limiter {
    pub fn new(limit: &Limit) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self { buckets: DefaultKeyedRateLimiter::hashmap(quota), proxies: limit.proxies }
    }

    /// Seconds to wait, for a client over its limit.
    fn refuse(&self, headers: &HeaderMap) -> Option<u64> {
        let refused = self.buckets.check_key(&client(headers, self.proxies)).err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

pub async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let refused = app.limiter.as_ref().and_then(|limiter| limiter.refuse(request.headers()));
    let Some(seconds) = refused else { return next.run(request).await };
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, format!("too many requests; wait {seconds} s"));
    let mut response = problem.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

pub async fn forget_idle(app: Arc<App>) {
    let Some(limiter) = &app.limiter else { return };
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        limiter.buckets.retain_recent();
    }
}

/// Address of the client. Requests without a readable address share one bucket, because a missing header must not lift
/// the limit.
fn client(headers: &HeaderMap, proxies: usize) -> IpAddr {
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    let nearest = hops.len().saturating_sub(proxies);
    match hops.get(nearest).and_then(|hop| hop.parse().ok()) {
        // The /64 network of one customer, who can choose any address in it.
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
        Some(address) => address,
        None => Ipv4Addr::UNSPECIFIED.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[&str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).expect("a header value"));
        }
        client(&headers, proxies).to_string()
    }

    #[test]
    fn the_client_is_whom_the_outermost_own_proxy_saw() {
        assert_eq!(seen(&["198.51.100.7"], 1), "198.51.100.7");
        assert_eq!(seen(&["1.1.1.1, 198.51.100.7"], 1), "198.51.100.7");
        assert_eq!(seen(&["1.1.1.1", "198.51.100.7, 10.0.0.9"], 2), "198.51.100.7");
    }

    #[test]
    fn fewer_hops_than_proxies_give_the_first_one() {
        assert_eq!(seen(&["198.51.100.7"], 3), "198.51.100.7");
    }

    #[test]
    fn a_network_of_version_six_is_one_client() {
        assert_eq!(seen(&["2001:db8:1:2:3:4:5:6"], 1), "2001:db8:1:2::");
    }

    #[test]
    fn clients_nobody_named_are_one() {
        assert_eq!(seen(&[], 1), "0.0.0.0");
        assert_eq!(seen(&["unknown"], 1), "0.0.0.0");
    }
}
