import { verifiedOf } from "./catalogue/order.ts";
import { type Catalogue, type Entry } from "./catalogue/schema.ts";
import { type Metric, textOf } from "./exposition.ts";
import type { LastCopy, LastRun } from "./last-run.ts";

interface Known {
  readonly site: string;
  readonly lastRun?: LastRun;
  /** @default - the site has no second store */
  readonly offsite?: { readonly lastCopy?: LastCopy };
}

/** Number of earlier dumps that a dump is compared with. */
const USUAL = 7;

/** Metrics of the dumps, in Prometheus' text format. Without a catalogue there are no dumps, which is reported as well. */
export function metricsOf(catalogue: Catalogue | undefined, { lastRun, offsite, site }: Known, now: Date): string {
  const entries = catalogue?.entries ?? [];
  const verified = verifiedOf(entries);
  return [
    ...counts(catalogue, entries),
    ...newest(verified[0], now),
    ...baseline(verified.slice(1, 1 + USUAL)),
    ...run(lastRun),
    ...(offsite ? copies(offsite.lastCopy) : []),
  ]
    .map((metric) => textOf(metric, site))
    .join("");
}

const counts = (catalogue: Catalogue | undefined, entries: readonly Entry[]): Metric[] => {
  const of = (wanted: Entry["status"]) => entries.filter(({ status }) => status === wanted);
  return [
    {
      name: "acci_backup_entries",
      help: "Dumps in the catalogue.",
      value: { verified: of("verified").length, bad: of("bad").length },
    },
    { name: "acci_backup_epoch", help: "Failovers so far, from 1.", value: catalogue?.epoch },
    {
      name: "acci_backup_last_bad_timestamp_seconds",
      help: "When a dump last turned out to be bad.",
      value: max(of("bad").map(({ verifiedAt }) => seconds(verifiedAt))),
    },
  ];
};

/** Metrics of the dump that a restore would take. */
function newest(entry: Entry | undefined, now: Date): Metric[] {
  if (!entry) return [];
  const { startedAt, snapshotAt, finishedAt, verifiedAt } = entry;
  const age = now.getTime() / 1000 - seconds(snapshotAt);
  return [
    gauge("last_success_timestamp_seconds", "When a dump was last verified and published.", seconds(verifiedAt)),
    gauge("last_verified_timestamp_seconds", "The time that the newest verified dump shows.", seconds(snapshotAt)),
    gauge("age_seconds", "How much would be lost: the age of what the newest verified dump shows.", age),
    gauge("size_bytes", "Of the newest verified dump, in the store.", entry.bytes),
    gauge("raw_size_bytes", "Of the newest verified dump, before compression.", entry.rawBytes),
    gauge("tables", "In the newest verified dump.", entry.tables),
    gauge("rows", "In the newest verified dump.", entry.rows),
    gauge(
      "dump_duration_seconds",
      "How long the newest verified dump took to make.",
      seconds(finishedAt) - seconds(startedAt),
    ),
    gauge("verification_duration_seconds", "How long it took to verify it.", seconds(verifiedAt) - seconds(finishedAt)),
  ];
}

function baseline(before: readonly Entry[]): Metric[] {
  return [
    gauge(
      "usual_raw_size_bytes",
      "Median of the dumps before, at most seven.",
      median(before.map(({ rawBytes }) => rawBytes)),
    ),
    gauge("usual_rows", "Median of the dumps before, at most seven.", median(before.map(({ rows }) => rows))),
  ];
}

function run(last: LastRun | undefined): Metric[] {
  if (!last) return [];
  return [
    gauge("last_run_timestamp_seconds", "When the last run ended, well or not.", seconds(last.finishedAt)),
    gauge("last_run_duration_seconds", "How long the last run took.", last.seconds),
    gauge("last_run_exit_code", "How the last run ended; 0 is well.", last.exitCode),
  ];
}

/** Metrics of the second store, which counts as empty before the first copy. */
function copies(last: LastCopy | undefined): Metric[] {
  const { snapshotAt, verified = 0 } = last?.held ?? {};
  return [
    gauge("offsite_entries", "Verified dumps in the second store, when it was last asked.", verified),
    gauge(
      "offsite_last_verified_timestamp_seconds",
      "The time that the newest verified dump in the second store shows.",
      snapshotAt === undefined ? undefined : seconds(snapshotAt),
    ),
    gauge(
      "offsite_last_run_timestamp_seconds",
      "When the last copy ended, well or not.",
      last && seconds(last.finishedAt),
    ),
    gauge("offsite_last_run_duration_seconds", "How long the last copy took.", last?.seconds),
    gauge("offsite_last_run_exit_code", "How the last copy ended; 0 is well.", last?.exitCode),
  ];
}

/** Number of failed rounds of the agent in a row. */
export const scrapeFailures = (site: string, failures: number): string =>
  textOf(gauge("watch_failures", "Looks in a row that failed.", failures), site);

const gauge = (name: string, help: string, value: number | undefined): Metric => ({
  name: `acci_backup_${name}`,
  help,
  value,
});

const seconds = (instant: string) => Date.parse(instant) / 1000;

const max = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values));

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : sorted.length === 0
      ? undefined
      : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
