import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "../catalogue/schema.ts";
import { dump } from "../dump/dump.ts";
import { rowsOf, totalOf } from "../dump/manifest.ts";
import { type ManifestReference, storeManifest } from "../dump/store-manifest.ts";
import { newId } from "../id.ts";
import { say, size } from "../progress.ts";
import type { Settings } from "../settings.ts";
import { withRun } from "./run.ts";

/** What one container of a run tells the next. */
export interface Handover extends ManifestReference {
  readonly id: string;
  readonly class: Entry["class"];
  /** Token of the run's lease. */
  readonly lease: string;
}

export const handover = (settings: Settings) => path.join(settings.text("ACCI_WORK"), "dump.json");

/** Writes a dump that nobody sees yet, and leaves the run's lease to the step that proves it. */
export async function dumpCommand(settings: Settings): Promise<void> {
  const site = settings.text("ACCI_SITE");
  const image = settings.optional("ACCI_IMAGE");
  const id = newId(site, new Date());
  await withRun(settings, id, { leave: true }, async (store, lease) => {
    const request = {
      id,
      site,
      jobs: settings.number("ACCI_JOBS", 2),
      recipients: settings.list("ACCI_RECIPIENTS"),
      ...(image ? { image } : {}),
    };
    say(`dumping to ${store.place}/dumps/${id}`);
    const manifest = await dump(settings.connection(), store, request);
    const reference = await storeManifest(store, manifest);
    mkdirSync(path.dirname(handover(settings)), { recursive: true });
    writeFileSync(
      handover(settings),
      JSON.stringify({ ...reference, id, class: classOf(settings.optional("ACCI_JOB")), lease } satisfies Handover),
    );
    say(
      `dumped ${rowsOf(manifest)} rows of ${manifest.tables.length} tables, ${size(totalOf(manifest, "rawBytes"))} in ${size(totalOf(manifest, "bytes"))}; to be proven`,
    );
  });
}

/** The schedule names its jobs after minutes; every other name was given by hand. */
const classOf = (job = ""): Entry["class"] => (/^backup-\d+$/.test(job) ? "scheduled" : "manual");
