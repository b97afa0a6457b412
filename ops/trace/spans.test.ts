import { type Span, spansOfAnswer, spansOfLines } from "./spans.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

/** A server span and its query, with ids as the store writes them. */
const otlp = (id: (hex: string) => string, kinds: readonly [number | string, number | string]) => ({
  resource: { attributes: [{ key: "service.name", value: { stringValue: "acci-framework" } }] },
  scopeSpans: [
    {
      spans: [
        {
          traceId: id(TRACE),
          spanId: id("00f067aa0ba902b7"),
          parentSpanId: id("b7ad6b7169203331"),
          name: "GET /api/notes/{id}",
          kind: kinds[0],
          startTimeUnixNano: "1700000000000500000",
          endTimeUnixNano: "1700000000003000000",
          attributes: [{ key: "http.response.status_code", value: { intValue: "404" } }],
        },
        {
          traceId: id(TRACE),
          spanId: id("00f067aa0ba902b8"),
          parentSpanId: id("00f067aa0ba902b7"),
          name: "SELECT",
          kind: kinds[1],
          startTimeUnixNano: "1700000000001000000",
          endTimeUnixNano: "1700000000002000000",
          status: { code: 2 },
        },
      ],
    },
  ],
});

const expected: Span[] = [
  {
    id: "00f067aa0ba902b7",
    parent: "b7ad6b7169203331",
    service: "acci-framework",
    name: "GET /api/notes/{id}",
    kind: "server",
    startMs: 1_700_000_000_000.5,
    durationMs: 2.5,
    failed: false,
    attributes: { "http.response.status_code": "404" },
  },
  {
    id: "00f067aa0ba902b8",
    parent: "00f067aa0ba902b7",
    service: "acci-framework",
    name: "SELECT",
    kind: "client",
    startMs: 1_700_000_000_001,
    durationMs: 1,
    failed: true,
    attributes: {},
  },
];

test("the lines of the collector's file have ids in hex", () => {
  const line = JSON.stringify({ resourceSpans: [otlp((id) => id, [2, 3])] });
  expect(spansOfLines(`${line}\n`, TRACE)).toEqual(expected);
});

test("Tempo has them in base64, and kinds by name", () => {
  const body = JSON.stringify({ batches: [otlp(base64, ["SPAN_KIND_SERVER", "SPAN_KIND_CLIENT"])] });
  expect(spansOfAnswer(body, TRACE)).toEqual(expected);
});

test("Jaeger has references, microseconds and tags", () => {
  const span = (
    spanID: string,
    operationName: string,
    parent: string,
    startTime: number,
    duration: number,
    tags: object,
  ) => ({
    spanID,
    operationName,
    references: [{ refType: "CHILD_OF", spanID: parent }],
    startTime,
    duration,
    processID: "p1",
    tags: Object.entries(tags).map(([key, value]) => ({ key, value: value as unknown })),
  });
  const body = JSON.stringify({
    data: [
      {
        spans: [
          span("00f067aa0ba902b7", "GET /api/notes/{id}", "b7ad6b7169203331", 1_700_000_000_000_500, 2500, {
            "span.kind": "server",
          }),
          span("00f067aa0ba902b8", "SELECT", "00f067aa0ba902b7", 1_700_000_000_001_000, 1000, {
            "span.kind": "client",
            error: true,
          }),
        ],
        processes: { p1: { serviceName: "acci-framework" } },
      },
    ],
  });
  const shape = ({ attributes: _, ...span }: Span) => span;
  expect(spansOfAnswer(body, TRACE).map(shape)).toEqual(expected.map(shape));
});

test("spans of other traces in the same export are left out", () => {
  const other = JSON.stringify({ resourceSpans: [otlp((id) => id.replace(/^0af/, "0ff"), [2, 3])] });
  expect(spansOfLines(`${other}\n`, TRACE)).toEqual([]);
});
