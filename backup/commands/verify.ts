import type { Claimant } from "../catalogue/ownership.ts";
import { publish, type Unpublished } from "../catalogue/publish.ts";
import { epochOf, originOf } from "../database/origin.ts";
import { type Manifest, rowsOf, totalOf } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { requireIdentity } from "../identity.ts";
import { recordRun } from "../last-run.ts";
import { say } from "../progress.ts";
import { verify } from "../restore/verify.ts";
import { connectionOf, type Settings } from "../settings.ts";
import { loadOptions, siteServer } from "./load-options.ts";
import { withRun } from "./run.ts";
import { type Dumped, leftBy } from "./step-state.ts";

/** Restores the dump into a verification server, compares, and only then publishes it. A dump that differs is published as bad. */
export async function verifyCommand(settings: Settings): Promise<void> {
  const reference = leftBy(settings, "dump");
  await withRun(settings, reference.id, { adopt: reference.lease }, async (store) => {
    const manifest = await readManifest(store, reference);
    if (reference.published) return recordRun(store, manifest.site, new Date(manifest.startedAt), 0);
    const options = loadOptions(settings);
    requireIdentity(manifest.recipients, options.identity);
    const verification = { ...options, superuser: connectionOf(settings), site: siteServer(settings) };
    const problems = await verify(store, manifest, verification);
    const entry = entryOf(manifest, reference, problems);
    const { epoch, sequence } = await publish(store, actingOf(manifest), entry, settings.adopt);
    if (problems.length > 0)
      throw new BackupError("verification", [`${manifest.id}: is bad and kept as evidence`, ...problems].join("\n  "));
    await recordRun(store, manifest.site, new Date(manifest.startedAt), 0);
    say(`${manifest.id} was restored and compared, and is the latest: number ${sequence} of epoch ${epoch}`);
  });
}

/** The site, as its database identifies it. */
export function actingOf({ database: { comment }, site }: Manifest): Claimant {
  return { site, epoch: epochOf(comment), restored: originOf(comment) !== undefined };
}

export function entryOf(
  manifest: Manifest,
  { bytes, class: kind, key, run, sha256 }: Omit<Dumped, "lease">,
  problems: readonly string[],
): Unpublished {
  const { clientVersion, database, finishedAt, id, image, recipients, snapshotAt, startedAt } = manifest;
  return {
    id,
    status: problems.length === 0 ? "verified" : "bad",
    ...(problems.length === 0 ? {} : { reason: problems.join("; ") }),
    class: kind,
    manifest: { key, bytes, sha256 },
    systemIdentifier: database.systemIdentifier,
    serverVersion: database.serverVersion,
    clientVersion,
    startedAt,
    snapshotAt,
    finishedAt,
    verifiedAt: new Date().toISOString(),
    bytes: totalOf(manifest, "bytes"),
    rawBytes: totalOf(manifest, "rawBytes"),
    tables: manifest.tables.length,
    rows: rowsOf(manifest),
    recipients,
    ...(image ? { image } : {}),
    ...(run ? { run } : {}),
  };
}
