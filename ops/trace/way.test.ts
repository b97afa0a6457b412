import type { Span } from "./spans.ts";
import { type Found, type LogLine, missingOf, tableOf, wayOf } from "./way.ts";

const span = (
  id: string,
  parent: string | undefined,
  service: string,
  name: string,
  over: Partial<Span> = {},
): Span => ({
  id,
  parent,
  service,
  name,
  kind: "other",
  startMs: 0,
  durationMs: 1,
  failed: false,
  attributes: {},
  ...over,
});

const query = { kind: "client", attributes: { "db.system.name": "postgresql", "db.query.text": "SELECT  1" } } as const;
const SPANS = [
  span("1", "0", "traefik", "GET", { kind: "server" }),
  span("2", "1", "traefik", "ReverseProxy", { kind: "client" }),
  span("3", "2", "acci", "GET /api/notes/{id}", { kind: "server" }),
  span("4", "3", "acci", "GET", { kind: "client", attributes: { "db.system.name": "redis" } }),
  span("5", "3", "acci", "pool wait"),
  span("6", "3", "acci", "SELECT", query),
].map((one, startMs) => ({ ...one, startMs }));
const LINE: LogLine = { level: "INFO", message: "request", span_id: "3", request_id: "r" };
const WHOLE: Found = { spans: SPANS, lines: [LINE], exemplar: 'http_request_duration_seconds_bucket{le="0.005"}' };
const way = (over: Partial<Found> = {}) => wayOf({ ...WHOLE, ...over }, "acci");
const without = (...ids: string[]) => ({ spans: SPANS.filter(({ id }) => !ids.includes(id)) });

test("a request that was seen everywhere has every hop, in the order of time", () => {
  expect(missingOf(way())).toEqual([]);
  expect(tableOf(way({ spans: SPANS.toReversed() })).split("\n")).toEqual([
    "proxy         1.00 ms  traefik  GET",
    "              1.00 ms  traefik  ReverseProxy",
    "handler       1.00 ms  acci  GET /api/notes/{id}",
    "pool          1.00 ms  acci  pool wait",
    "queries       1.00 ms  acci  SELECT 1",
    "cache         1.00 ms  acci  GET",
    "log       INFO request  span 3  request r",
    'exemplar  http_request_duration_seconds_bucket{le="0.005"}',
  ]);
});

test.each<[string, Partial<Found>, string[]]>([
  ["no trace in the proxy", without("1", "2"), ["proxy"]],
  [
    "a proxy whose trace does not reach the application",
    { spans: SPANS.map((one) => (one.id === "3" ? { ...one, parent: "0" } : one)) },
    ["proxy"],
  ],
  ["no query", without("6"), ["queries"]],
  ["a cache that is skipped", without("4"), ["cache"]],
  ["a line of another span", { lines: [{ ...LINE, span_id: "ff" }] }, ["log"]],
  ["no line", { lines: [] }, ["log"]],
  ["no exemplar", { exemplar: undefined }, ["exemplar"]],
  ["a store without the application", without("3", "4", "5", "6"), ["proxy", "handler", "pool", "queries", "cache"]],
  [
    "nothing",
    { spans: [], lines: [], exemplar: undefined },
    ["proxy", "handler", "pool", "queries", "cache", "log", "exemplar"],
  ],
])("with %s that hop is named", (_, over, missing) => {
  expect(missingOf(way(over))).toEqual(missing);
  for (const name of missing) expect(tableOf(way(over))).toMatch(new RegExp(`^${name} +MISSING: .{20,}`, "m"));
});

test("a failure is shown where it happened", () => {
  const failed = { ...SPANS[5]!, failed: true, attributes: { ...query.attributes, "error.type": "not_migrated" } };
  expect(tableOf(way({ spans: [...SPANS.slice(0, 5), failed] }))).toContain("SELECT 1  FAILED not_migrated");
});

test("spans that name each other as parents end the search", () => {
  const spans = [span("1", "2", "traefik", "GET"), span("2", "1", "acci", "GET /", { kind: "server" })];
  expect(missingOf(way({ spans }))).toContain("queries");
});
