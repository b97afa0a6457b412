/** Spans as the trace stores give them: OpenTelemetry's JSON (its collector's file exporter, Tempo) and Jaeger's. */
export interface Span {
  readonly id: string;
  /** @default - it has no parent */
  readonly parent: string | undefined;
  readonly service: string;
  readonly name: string;
  readonly kind: "server" | "client" | "other";
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly boolValue?: boolean;
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly status?: { readonly code?: number | string };
}

interface ResourceSpans {
  readonly resource?: { readonly attributes?: readonly Attribute[] };
  readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
}

interface JaegerTrace {
  readonly spans: readonly {
    readonly spanID: string;
    readonly operationName: string;
    readonly references?: readonly { readonly refType: string; readonly spanID: string }[];
    readonly startTime: number;
    readonly duration: number;
    readonly processID: string;
    readonly tags?: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** The spans of a trace in an answer of Tempo or Jaeger; none when the store does not have it yet. */
export function spansOfAnswer(body: string, trace: string): Span[] {
  const answer = JSON.parse(body) as {
    batches?: ResourceSpans[];
    resourceSpans?: ResourceSpans[];
    data?: JaegerTrace[];
  };
  const { batches, data, resourceSpans } = answer;
  return data ? data.flatMap(ofJaeger) : (batches ?? resourceSpans ?? []).flatMap((one) => ofOtlp(one, trace));
}

/** The spans of a trace in a file of the collector, one export a line. */
export const spansOfLines = (text: string, trace: string): Span[] =>
  text
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => spansOfAnswer(line, trace));

function ofOtlp({ resource, scopeSpans = [] }: ResourceSpans, trace: string): Span[] {
  const { "service.name": service = "" } = textsOf(resource?.attributes);
  return scopeSpans
    .flatMap(({ spans = [] }) => spans)
    .filter(({ traceId }) => hex(traceId) === trace)
    .map((span) => ({
      id: hex(span.spanId),
      parent: span.parentSpanId ? hex(span.parentSpanId) : undefined,
      service,
      name: span.name,
      kind: kindOf(span.kind),
      startMs: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
      durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
      failed: span.status?.code === 2 || span.status?.code === "STATUS_CODE_ERROR",
      attributes: textsOf(span.attributes),
    }));
}

const ofJaeger = ({ processes, spans }: JaegerTrace): Span[] =>
  spans.map(({ duration, operationName, processID, references = [], spanID, startTime, tags = [] }) => {
    const attributes = Object.fromEntries(tags.map(({ key, value }) => [key, String(value)]));
    return {
      id: spanID,
      parent: references.find(({ refType }) => refType === "CHILD_OF")?.spanID,
      service: processes[processID]?.serviceName ?? "",
      name: operationName,
      kind: kindOf(attributes["span.kind"]),
      startMs: startTime / 1000,
      durationMs: duration / 1000,
      failed: attributes["error"] === "true",
      attributes,
    };
  });

/** `2`, `SPAN_KIND_SERVER` or `server`. */
function kindOf(kind: number | string | undefined): Span["kind"] {
  if (kind === 2 || /server$/i.test(String(kind))) return "server";
  return kind === 3 || /client$/i.test(String(kind)) ? "client" : "other";
}

const textsOf = (attributes: readonly Attribute[] = []): Record<string, string> =>
  Object.fromEntries(
    attributes.map(({ key, value: { boolValue, intValue, stringValue } }) => [
      key,
      String(stringValue ?? intValue ?? boolValue ?? ""),
    ]),
  );

/** Protobuf's JSON has ids in base64, as Tempo writes them; OpenTelemetry's has them in hex. */
const hex = (id: string) => (/^([0-9a-f]{16}){1,2}$/.test(id) ? id : Buffer.from(id, "base64").toString("hex"));
