//! Log: one JSON object per line on stdout. The fields of the enclosing spans (request_id, tenant_id, ...) are at the
//! top level of every line, so that a log store can select on them without the names of our spans.

use std::{fmt::Debug, io::Write};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
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

pub fn init(level: &str) -> Result<(), String> {
    let filter = filter(level).ok_or_else(|| format!("LOG_LEVEL: is not a level, got {level}"))?;
    tracing_subscriber::registry().with(JsonLines.with_filter(filter)).init();
    std::panic::set_hook(Box::new(|info| tracing::error!(panic = %info, "a task panicked")));
    Ok(())
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

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().into(), value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), value.into());
    }
}
