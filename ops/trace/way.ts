import type { Span } from "./spans.ts";

/** What was found of one request, by its trace. */
export interface Found {
  readonly spans: readonly Span[];
  /** Its lines in the application's log. */
  readonly lines: readonly LogLine[];
  /** Sample of the latency that points to the trace. @default - none does */
  readonly exemplar: string | undefined;
}

export interface LogLine {
  readonly message: string;
  readonly level: string;
  readonly span_id?: string;
  readonly request_id?: string;
}

export interface Hop {
  readonly name: string;
  /** What was found, a line each. */
  readonly found: readonly string[];
  /** What to do when nothing was. */
  readonly cure: string;
}

/** The way of a request through the site, hop by hop. A hop in which nothing was found is one that is missing. */
export function wayOf({ exemplar, lines, spans: unsorted }: Found, service: string): Hop[] {
  const spans = unsorted.toSorted((a, b) => a.startMs - b.startMs);
  const handler = spans.find((span) => span.service === service && span.kind === "server");
  const above = spans.filter((span) => span.service !== service && ancestorsOf(handler, spans).includes(span));
  const below = handler ? spans.filter((span) => ancestorsOf(span, spans).includes(handler)) : [];
  const ofSystem = (system: string) => below.filter((span) => systemOf(span) === system);
  const others = below.filter((span) => systemOf(span) === undefined);
  const own = new Set(spans.filter((span) => span.service === service).map(({ id }) => id));
  return [
    hop("proxy", above.map(shown), "switch on the tracing of the ingress controller, towards the same store"),
    hop(
      "handler",
      handler ? [shown(handler)] : [],
      "is acci:telemetry set, and does the collector pass traces on to this store?",
    ),
    hop("pool", others.map(shown), "the handler failed before it asked for a connection; see its log lines"),
    hop(
      "queries",
      ofSystem("postgresql").map(shown),
      "the handler failed before it reached the database; see its log lines",
    ),
    hop(
      "cache",
      ofSystem("redis").map(shown),
      "the cache is skipped for a second after an error; see cache_errors_total",
    ),
    hop(
      "log",
      lines.filter(({ span_id: id }) => id !== undefined && (own.size === 0 || own.has(id))).map(said),
      "the lines have no id of a span of this trace; is the log level above info?",
    ),
    hop("exemplar", exemplar ? [exemplar] : [], "the sampled flag was lost on the way, or the pod has no exporter"),
  ];
}

export const missingOf = (way: readonly Hop[]): string[] =>
  way.filter(({ found }) => found.length === 0).map(({ name }) => name);

/** The way as a table, with the cure beside a hop that is missing. */
export const tableOf = (way: readonly Hop[]): string =>
  way
    .flatMap(({ cure, found, name }) =>
      found.length === 0
        ? [`${name.padEnd(9)} MISSING: ${cure}`]
        : found.map((line, i) => `${(i ? "" : name).padEnd(9)} ${line}`),
    )
    .join("\n");

const hop = (name: string, found: readonly string[], cure: string): Hop => ({ name, found, cure });

const systemOf = ({ attributes }: Span): string | undefined => attributes["db.system.name"];

/** The spans above a span, nearest first. */
function ancestorsOf(span: Span | undefined, spans: readonly Span[]): Span[] {
  const above: Span[] = [];
  for (let parent = span?.parent; parent; parent = above.at(-1)!.parent) {
    const found = spans.find(({ id }) => id === parent);
    if (found === undefined || above.includes(found)) break;
    above.push(found);
  }
  return above;
}

const shown = ({ attributes, durationMs, failed, name, service }: Span): string => {
  const text = attributes["db.query.text"]?.replaceAll(/\s+/g, " ");
  const what = text ? (text.length > 60 ? `${text.slice(0, 57)}...` : text) : name;
  const error = failed ? `  FAILED ${attributes["error.type"] ?? ""}` : "";
  return `${durationMs.toFixed(2).padStart(8)} ms  ${service}  ${what}${error}`.trimEnd();
};

const said = ({ level, message, request_id: request, span_id: span }: LogLine): string =>
  `${level} ${message}  span ${span}  request ${request}`;
