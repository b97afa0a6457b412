import { loadCatalogue } from "../catalogue/document.ts";
import type { Entry } from "../catalogue/schema.ts";
import { dump } from "../dump/dump.ts";
import { rowsOf, totalOf } from "../dump/manifest.ts";
import { storeManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { newId } from "../id.ts";
import { say, size } from "../progress.ts";
import { connectionOf, type Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { withRun } from "./run.ts";
import { type Dumped, leave } from "./step-state.ts";

/**
 * Writes a dump that the catalogue does not name yet, and leaves the run's lease to the step that verifies it. What an attempt of the same Job has
 * published already is not done twice.
 */
export async function dumpCommand(settings: Settings): Promise<void> {
  const { job: run, site } = settings;
  const id = newId(site, new Date());
  await withRun(settings, id, { leave: true }, async (store, lease) => {
    const found = await publishedBy(store, site, run);
    const done = found ?? (await write(settings, store, id));
    leave(settings, "dump", { class: classOf(run), ...(run && { run }), ...done, lease });
  });
}

type Done = Omit<Dumped, "class" | "lease">;

/**
 * What an earlier attempt of the same Job has published. This run holds the lease, so no earlier attempt publishes later. A catalogue that
 * would take no dump is found here too, and not after hours of work.
 */
async function publishedBy(store: Store, site: string, run: string | undefined): Promise<Done | undefined> {
  const entries = (await loadCatalogue(store))?.entries ?? [];
  const entry = run ? entries.findLast((one) => one.site === site && one.run === run) : undefined;
  if (!entry) return undefined;
  if (entry.status === "bad")
    throw new BackupError(
      "verification",
      `${entry.id}: was made by an attempt of ${run} before this one, is bad and kept as evidence\n  ${entry.reason ?? "no reason given"}`,
    );
  say(`${entry.id} was made, verified and published by an attempt of ${run} before this one; there is nothing to dump`);
  return { ...entry.manifest, id: entry.id, published: true };
}

async function write(settings: Settings, store: Store, id: string): Promise<Done> {
  const { applicationImage: image, parallelism, recipients, site } = settings;
  const request = { id, site, parallelism, recipients, ...(image ? { image } : {}) };
  say(`dumping to ${store.place}/dumps/${id}`);
  const manifest = await dump(connectionOf(settings), store, request);
  const reference = await storeManifest(store, manifest);
  say(
    `dumped ${rowsOf(manifest)} rows of ${manifest.tables.length} tables, ${size(totalOf(manifest, "rawBytes"))} in ${size(totalOf(manifest, "bytes"))}; to be verified`,
  );
  return { ...reference, id };
}

/** The schedule names its jobs after minutes; every other name was given by hand. */
const classOf = (job = ""): Entry["class"] => (/^backup-\d+$/.test(job) ? "scheduled" : "manual");
