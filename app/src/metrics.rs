//! Metrics on /metrics. Labels come from small fixed sets (route templates, known methods, status codes, never paths or
//! header values), so that no client can grow the number of series.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use opentelemetry::trace::SpanContext;
use opentelemetry_sdk::error::OTelSdkError;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, exemplar::HistogramWithExemplars, family::Family, gauge::Gauge},
    registry::{Metric, Registry},
};

use crate::{cache::Cache, db::Db, routes};

/// Buckets include the alert thresholds 0.5 and 1.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const POOL: ByPool = ByPool { pool: "main" };

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ByRoute {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ByStatus {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ByPool {
    pool: &'static str,
}

/// Labels of an exemplar, under the names by which Grafana finds the trace.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct Exemplar {
    trace_id: String,
    span_id: String,
}

type Latency = HistogramWithExemplars<Exemplar>;

pub struct Metrics {
    registry: Registry,
    requests: Family<ByStatus, Counter>,
    errors: Family<ByStatus, Counter>,
    duration: Family<ByRoute, Latency, fn() -> Latency>,
    pub active: Gauge,
    pub cache_hits: Counter,
    pub cache_misses: Counter,
    pub cache_errors: Counter,
    /// No tenant label: the id comes from a header, so a label would let callers create series without bound. The log
    /// lines carry tenant_id; count per tenant there.
    pub tenant_requests: Counter,
    cache_size: Gauge,
    connections_active: Family<ByPool, Gauge>,
    connections_idle: Family<ByPool, Gauge>,
    connections_max: Family<ByPool, Gauge>,
    cpu: Counter<f64, AtomicU64>,
    memory: Gauge,
    open_fds: Gauge,
}

impl Metrics {
    /// The names are without `_total`, which the encoder adds to counters.
    pub fn new(exported: Option<ExportedSpans>) -> Self {
        let mut registry = Registry::default();
        let r = &mut registry;
        let latency: fn() -> Latency = || HistogramWithExemplars::new(BUCKETS.into_iter());
        let mut metrics = Self {
            requests: registered(r, "http_requests", "Answered requests", Family::default()),
            errors: registered(r, "http_errors", "Requests answered with 5xx", Family::default()),
            duration: registered(
                r,
                "http_request_duration_seconds",
                "Time to answer",
                Family::new_with_constructor(latency),
            ),
            active: registered(r, "http_active_requests", "Requests being served", Gauge::default()),
            cache_hits: registered(r, "cache_hits", "Reads answered by the cache", Counter::default()),
            cache_misses: registered(r, "cache_misses", "Reads the cache could not answer", Counter::default()),
            cache_errors: registered(r, "cache_errors", "Failed cache commands", Counter::default()),
            tenant_requests: registered(
                r,
                "acci_tenant_requests",
                "Requests that carried a valid tenant",
                Counter::default(),
            ),
            cache_size: registered(
                r,
                "cache_size_bytes",
                "Unexpired payload this process put into the cache",
                Gauge::default(),
            ),
            connections_active: registered(r, "db_connections_active", "Connections in use", Family::default()),
            connections_idle: registered(r, "db_connections_idle", "Connections open and unused", Family::default()),
            connections_max: registered(r, "db_connections_max", "Largest size of the pool", Family::default()),
            cpu: registered(r, "process_cpu_seconds", "Processor time, of user and system", Counter::default()),
            memory: registered(r, "process_memory_rss_bytes", "Resident memory", Gauge::default()),
            open_fds: registered(r, "process_open_fds", "Open file descriptors", Gauge::default()),
            registry,
        };
        if let Some(ExportedSpans(spans)) = exported {
            let help = "Spans that the collector took, or did not for a reason";
            metrics.registry.register("otel_sdk_exporter_span_exported", help, spans);
        }
        metrics.start_at_zero();
        metrics
    }

    /// Creates the known series at 0. A counter that first appears with the value 1 has no increase for Prometheus, so
    /// the first error would go unseen.
    fn start_at_zero(&self) {
        for (method, route, status) in routes::KNOWN {
            drop(self.requests.get_or_create(&ByStatus { method, route: route.into(), status }));
            for status in [500, 503] {
                drop(self.errors.get_or_create(&ByStatus { method, route: route.into(), status }));
            }
            drop(self.duration.get_or_create(&ByRoute { method, route: route.into() }));
        }
    }

    /// Counts an answer. The trace becomes the exemplar of its bucket, if the trace is kept.
    pub fn answered(&self, method: &'static str, route: String, status: u16, seconds: f64, trace: &SpanContext) {
        let by_status = ByStatus { method, route, status };
        self.requests.get_or_create(&by_status).inc();
        if status >= 500 {
            self.errors.get_or_create(&by_status).inc();
        }
        let exemplar = trace.is_sampled().then(|| Exemplar {
            trace_id: trace.trace_id().to_string(),
            span_id: trace.span_id().to_string(),
        });
        let ByStatus { method, route, .. } = by_status;
        self.duration.get_or_create(&ByRoute { method, route }).observe(seconds, exemplar, Some(SystemTime::now()));
    }

    /// All metrics in the text format of OpenMetrics.
    pub fn render(&self, db: &Db, cache: &Cache) -> Result<String, std::fmt::Error> {
        let (size, idle) = (i64::from(db.pool.size()), db.pool.num_idle() as i64);
        self.connections_active.get_or_create(&POOL).set((size - idle).max(0));
        self.connections_idle.get_or_create(&POOL).set(idle);
        self.connections_max.get_or_create(&POOL).set(i64::from(db.pool.options().get_max_connections()));
        self.cache_size.set(i64::try_from(cache.size_bytes()).unwrap_or(i64::MAX));
        // The kernel counts, so its value is taken over rather than added up.
        self.cpu.inner().store(cpu_seconds().unwrap_or(0.0).to_bits(), Ordering::Relaxed);
        self.memory.set(resident_bytes().unwrap_or(0));
        self.open_fds.set(fs::read_dir("/proc/self/fd").map_or(0, Iterator::count) as i64);
        let mut openmetrics = String::new();
        text::encode(&mut openmetrics, &self.registry)?;
        Ok(openmetrics)
    }
}

/// Counter of exported spans, under the name that OpenTelemetry gives it.
#[derive(Clone, Debug, Default)]
pub struct ExportedSpans(Family<ByError, Counter>);

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ByError {
    error_type: &'static str,
}

impl ExportedSpans {
    pub fn count(&self, spans: u64, error: Option<&OTelSdkError>) {
        let error_type = match error {
            None => "",
            Some(OTelSdkError::Timeout(_)) => "timeout",
            Some(_) => "rejected_or_unreachable",
        };
        self.0.get_or_create(&ByError { error_type }).inc_by(spans);
    }
}

/// User and system time are the 14th and 15th field; the second is the program's name in parentheses. Their unit is a
/// hundredth of a second wherever Linux runs.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

fn registered<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

/// Read from status rather than statm, whose unit is the page size, which differs between machines.
fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<i64>().ok().map(|kib| kib * 1024)
}
