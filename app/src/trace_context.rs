//! W3C trace context: the caller's `traceparent` becomes the parent of the request's span, and the answer says in
//! `traceresponse` which trace it is in.

use axum::http::{HeaderMap, HeaderValue};
use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Puts the request's span into the caller's trace. Must be called before the span is entered.
pub fn adopt(span: &Span, headers: &HeaderMap) {
    let caller = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    let traced = span.set_parent(caller.clone()).is_ok() && of(span).is_valid();
    let caller = caller.span().span_context().clone();
    // Without an exporter there is no span of our own, but the log lines still join the caller's trace.
    if !traced && caller.is_valid() {
        span.record("trace_id", tracing::field::display(caller.trace_id()));
    }
}

/// Context of a span; an invalid one when spans are not exported.
pub fn of(span: &Span) -> SpanContext {
    span.context().span().span_context().clone()
}

/// `traceresponse` of W3C's Trace Context, level 2: version, trace, span and whether the trace is kept.
pub fn response_header(span: &Span) -> Option<HeaderValue> {
    let context = of(span);
    if !context.is_valid() {
        return None;
    }
    let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags().to_u8());
    HeaderValue::try_from(format!("00-{trace}-{span}-{flags:02x}")).ok()
}
