import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dump } from "../dump/dump.ts";
import { rowsOf, totalOf } from "../dump/manifest.ts";
import { storeManifest } from "../dump/store-manifest.ts";
import { newId } from "../id.ts";
import { say, size } from "../progress.ts";
import type { Settings } from "../settings.ts";
import { withRun } from "./run.ts";

/** What one container of a run tells the next. */
export const handover = (settings: Settings) => path.join(settings.text("ACCI_WORK"), "dump.json");

/** Writes a dump that nobody sees yet. */
export async function dumpCommand(settings: Settings): Promise<void> {
  const site = settings.text("ACCI_SITE");
  const image = settings.optional("ACCI_IMAGE");
  await withRun(settings, async (store) => {
    const request = {
      id: newId(site, new Date()),
      site,
      jobs: settings.number("ACCI_JOBS", 2),
      recipients: settings.list("ACCI_RECIPIENTS"),
      ...(image ? { image } : {}),
    };
    say(`dumping to ${store.place}/dumps/${request.id}`);
    const manifest = await dump(settings.connection(), store, request);
    const reference = await storeManifest(store, manifest);
    mkdirSync(path.dirname(handover(settings)), { recursive: true });
    writeFileSync(handover(settings), JSON.stringify({ ...reference, class: classOf(settings.optional("ACCI_JOB")) }));
    say(
      `dumped ${rowsOf(manifest)} rows of ${manifest.tables.length} tables, ${size(totalOf(manifest, "rawBytes"))} in ${size(totalOf(manifest, "bytes"))}; to be proven`,
    );
  });
}

/** The schedule names its jobs after minutes; every other name was given by hand. */
const classOf = (job = "") => (/^backup-\d+$/.test(job) ? "scheduled" : "manual");
