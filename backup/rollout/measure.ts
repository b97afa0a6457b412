/** What Prometheus knows of the two releases since a moment. */
import { z } from "zod";
import { RELEASES } from "../contract/rollout.ts";

/** Requests of a release over some time. */
export interface Requests {
  readonly count: number;
  /** Answered with 500 and above. */
  readonly failed: number;
  /** Not answered within the objective; 0 when the histogram has no such bucket. */
  readonly slow: number;
  /** Seconds, estimated from the buckets of the histogram. @default - no request */
  readonly p95: number | undefined;
}

export interface Measured {
  readonly canary: Requests;
  readonly stable: Requests;
  /** Memory of the canary's largest pod. @default - not known */
  readonly memoryBytes: number | undefined;
}

/** A counter, or the gauge of a pod, at one moment. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Query = (expr: string, at: Date) => Promise<readonly Sample[]>;

const answerSchema = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

const TIMEOUT_MS = 10_000;

export const openPrometheus =
  (url: string): Query =>
  async (expr, at) => {
    const search = new URLSearchParams({ query: expr, time: String(at.getTime() / 1000) });
    const answer = await fetch(`${url}/api/v1/query?${search.toString()}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${url}: must answer with 200, got ${answer.status}`);
    const { data } = answerSchema.parse(await answer.json());
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };

/** Counts since `from`. Counters are subtracted here: `increase` leaves out what a new series has counted before its second scrape. */
export async function measure(
  query: Query,
  namespace: string,
  slowSeconds: number,
  from: Date,
  to: Date,
): Promise<Measured> {
  const of = `namespace="${namespace}",job=~"${Object.values(RELEASES).join("|")}"`;
  const requests = `sum by (job, pod, instance, status) (http_requests_total{${of}})`;
  const buckets = `sum by (job, pod, instance, le) (http_request_duration_seconds_bucket{${of}})`;
  const memory = `max(process_memory_rss_bytes{namespace="${namespace}",job="${RELEASES.canary}"})`;
  const [requestsThen, requestsNow, bucketsThen, bucketsNow, memoryNow] = await Promise.all([
    query(requests, from),
    query(requests, to),
    query(buckets, from),
    query(buckets, to),
    query(memory, to),
  ]);
  const counted = growth(requestsThen, requestsNow);
  const timed = growth(bucketsThen, bucketsNow);
  const ofRelease = (release: string) => requestsOf(ofJob(counted, release), ofJob(timed, release), slowSeconds);
  return {
    canary: ofRelease(RELEASES.canary),
    stable: ofRelease(RELEASES.stable),
    memoryBytes: memoryNow[0]?.value,
  };
}

const ofJob = (samples: readonly Sample[], job: string) => samples.filter(({ labels }) => labels["job"] === job);

/** What each counter has grown by. One that is new, or that a restart has set back, has begun with 0. */
export function growth(then: readonly Sample[], now: readonly Sample[]): Sample[] {
  const key = ({ labels }: Sample) => JSON.stringify(Object.entries(labels).sort());
  const before = new Map(then.map((sample) => [key(sample), sample.value]));
  return now.map((sample) => {
    const start = before.get(key(sample)) ?? 0;
    return { labels: sample.labels, value: sample.value < start ? sample.value : sample.value - start };
  });
}

const sum = (samples: readonly Sample[]) => samples.reduce((total, { value }) => total + value, 0);

function requestsOf(counted: readonly Sample[], timed: readonly Sample[], slowSeconds: number): Requests {
  const buckets = bucketsOf(timed);
  const soon = buckets.find(({ le }) => le === slowSeconds);
  const all = buckets.at(-1);
  return {
    count: sum(counted),
    failed: sum(counted.filter(({ labels }) => /^5/.test(labels["status"] ?? ""))),
    slow: soon && all ? Math.max(0, all.count - soon.count) : 0,
    p95: quantile(0.95, buckets),
  };
}

interface Bucket {
  readonly le: number;
  readonly count: number;
}

function bucketsOf(timed: readonly Sample[]): Bucket[] {
  const bounds = new Map<number, number>();
  for (const { labels, value } of timed) {
    const le = Number((labels["le"] ?? "").replace("+Inf", "Infinity"));
    bounds.set(le, (bounds.get(le) ?? 0) + value);
  }
  return [...bounds].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

/** As Prometheus' histogram_quantile: linear within a bucket, and the last finite bound for what lies beyond it. */
export function quantile(of: number, buckets: readonly Bucket[]): number | undefined {
  const rank = of * (buckets.at(-1)?.count ?? 0);
  if (rank === 0) return undefined;
  const i = buckets.findIndex(({ count }) => count >= rank);
  const { count, le } = buckets[i]!;
  const below = buckets[i - 1] ?? { le: 0, count: 0 };
  if (!Number.isFinite(le)) return below.le;
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}
