//! Log: one JSON object per line on stdout. The fields of the enclosing spans (request_id, tenant_id, ...) are at the
//! top level of every line, so that a log store can select on them without the names of our spans. Beside them are the
//! ids of the trace and of the innermost span. Audit lines have a target of their own, and no level hides them.

use std::{fmt::Debug, io::Write};

use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::trace::SdkTracer;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, LevelFilter, Targets, filter_fn},
    fmt::{
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// Parses `info` or `info,sqlx=warn`. Stricter than parsing `Targets` directly, which takes a misspelt level for a
/// target's name.
pub fn filter(levels: &str) -> Option<Targets> {
    levels.split(',').try_fold(Targets::new(), |targets, part| match part.trim().split_once('=') {
        Some((target, level)) => Some(targets.with_target(target, level.parse::<LevelFilter>().ok()?)),
        None => Some(targets.with_default(part.trim().parse::<LevelFilter>().ok()?)),
    })
}

/// Target of audit lines: what someone did who may change data or rights.
pub const AUDIT: &str = "audit";

/// Starts the log, and spans if there is a tracer for them.
pub fn init(level: &str, tracer: Option<SdkTracer>) -> Result<(), String> {
    let levels = filter(level).ok_or_else(|| format!("LOG_LEVEL: is not a level, got {level}"))?;
    let lines = JsonLines.with_filter(levels.or(filter_fn(always_logged)));
    let spans = tracer.map(|tracer| {
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        layer.with_location(false).with_threads(false).with_target(false).with_filter(filter_fn(traced))
    });
    tracing_subscriber::registry().with(spans).with(lines).init();
    std::panic::set_hook(Box::new(|info| tracing::error!(panic = %info, "a task panicked")));
    Ok(())
}

/// Spans are no lines: a level that hides them would take the request's id from the lines that are left.
fn always_logged(metadata: &Metadata<'_>) -> bool {
    own(metadata) && metadata.is_span() || metadata.target() == AUDIT
}

/// Spans of the libraries below, and events other than failures, would only make a trace longer.
fn traced(metadata: &Metadata<'_>) -> bool {
    own(metadata) && (metadata.is_span() || *metadata.level() <= Level::WARN)
}

fn own(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}

struct JsonLines;

#[derive(Default)]
struct Fields(Map<String, Value>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
        }
        event.record(&mut line);
        if let Some((trace, span)) = ids() {
            line.0.insert("trace_id".into(), trace.into());
            line.0.insert("span_id".into(), span.into());
        }
        let mut now = String::new();
        let _ = SystemTime.format_time(&mut Writer::new(&mut now));
        line.0.insert("timestamp".into(), now.into());
        line.0.insert("level".into(), event.metadata().level().as_str().into());
        line.0.insert("target".into(), event.metadata().target().into());
        let mut bytes = Value::Object(line.0).to_string().into_bytes();
        bytes.push(b'\n');
        // A closed stdout must not take the service down.
        let _ = std::io::stdout().lock().write_all(&bytes);
    }
}

/// Ids of the trace and of the innermost span; none when spans are not exported.
fn ids() -> Option<(String, String)> {
    let current = opentelemetry::Context::current();
    let context = current.span().span_context().clone();
    context.is_valid().then(|| (context.trace_id().to_string(), context.span_id().to_string()))
}

impl Fields {
    /// Names with a dot are OpenTelemetry's attributes of a span, which the trace has.
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        if !field.name().contains('.') {
            self.0.insert(field.name().into(), value.into());
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.insert(field, format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }
}
