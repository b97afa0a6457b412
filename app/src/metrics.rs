//! Metrics on /metrics. Labels come from small fixed sets (route templates, known methods, status codes, never paths or
//! header values), so that no client can grow the number of series.

use std::fs;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder, core::Collector,
};

use crate::{cache::Cache, db::Db, routes};

/// Buckets include the alert thresholds 0.5 and 1.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

pub struct Metrics {
    registry: Registry,
    pub requests: IntCounterVec,
    pub errors: IntCounterVec,
    pub duration: HistogramVec,
    pub active: IntGauge,
    pub cache_hits: IntCounter,
    pub cache_misses: IntCounter,
    pub cache_errors: IntCounter,
    /// No tenant label: the id comes from a header, so a label would let callers create series without bound. The log
    /// lines carry tenant_id; count per tenant there.
    pub tenant_requests: IntCounter,
    cache_size: IntGauge,
    connections_active: IntGaugeVec,
    connections_idle: IntGaugeVec,
    connections_max: IntGaugeVec,
    memory: IntGauge,
    open_fds: IntGauge,
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let r = Registry::new();
        let per_pool = |name, help| registered(&r, IntGaugeVec::new(Opts::new(name, help), &["pool"]));
        let by_status = ["method", "route", "status"];
        let duration = HistogramOpts::new("http_request_duration_seconds", "Time to answer").buckets(BUCKETS.to_vec());
        let metrics = Self {
            requests: registered(
                &r,
                IntCounterVec::new(Opts::new("http_requests_total", "Answered requests"), &by_status),
            )?,
            errors: registered(
                &r,
                IntCounterVec::new(Opts::new("http_errors_total", "Requests answered with 5xx"), &by_status),
            )?,
            duration: registered(&r, HistogramVec::new(duration, &["method", "route"]))?,
            active: registered(&r, IntGauge::new("http_active_requests", "Requests being served"))?,
            cache_hits: registered(&r, IntCounter::new("cache_hits_total", "Reads answered by the cache"))?,
            cache_misses: registered(&r, IntCounter::new("cache_misses_total", "Reads the cache could not answer"))?,
            cache_errors: registered(&r, IntCounter::new("cache_errors_total", "Failed cache commands"))?,
            tenant_requests: registered(
                &r,
                IntCounter::new("acci_tenant_requests_total", "Requests that carried a valid tenant"),
            )?,
            cache_size: registered(
                &r,
                IntGauge::new("cache_size_bytes", "Unexpired payload this process put into the cache"),
            )?,
            connections_active: per_pool("db_connections_active", "Connections in use")?,
            connections_idle: per_pool("db_connections_idle", "Connections open and unused")?,
            connections_max: per_pool("db_connections_max", "Largest size of the pool")?,
            memory: registered(&r, IntGauge::new("process_memory_rss_bytes", "Resident memory"))?,
            open_fds: registered(&r, IntGauge::new("process_open_fds", "Open file descriptors"))?,
            registry: r,
        };
        metrics.start_at_zero();
        Ok(metrics)
    }

    /// Creates the known series at 0. A counter that first appears with the value 1 has no increase for Prometheus, so
    /// the first error would go unseen.
    fn start_at_zero(&self) {
        for (method, route, status) in routes::KNOWN {
            self.requests.with_label_values(&[method, route, status]);
            for status in ["500", "503"] {
                self.errors.with_label_values(&[method, route, status]);
            }
            self.duration.with_label_values(&[method, route]);
        }
    }

    pub fn render(&self, db: &Db, cache: &Cache) -> Result<String, prometheus::Error> {
        let (size, idle) = (i64::from(db.pool.size()), db.pool.num_idle() as i64);
        self.connections_active.with_label_values(&["main"]).set((size - idle).max(0));
        self.connections_idle.with_label_values(&["main"]).set(idle);
        self.connections_max.with_label_values(&["main"]).set(i64::from(db.pool.options().get_max_connections()));
        self.cache_size.set(i64::try_from(cache.size_bytes()).unwrap_or(i64::MAX));
        self.memory.set(resident_bytes().unwrap_or(0));
        self.open_fds.set(fs::read_dir("/proc/self/fd").map_or(0, Iterator::count) as i64);
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: prometheus::Result<C>,
) -> prometheus::Result<C> {
    let collector = collector?;
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

/// Read from status rather than statm, whose unit is the page size, which differs between machines.
fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<i64>().ok().map(|kib| kib * 1024)
}
