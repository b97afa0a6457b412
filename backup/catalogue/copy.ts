import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { objectsOf, type Stored } from "../dump/manifest.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { Progress } from "../progress.ts";
import { type Store } from "../store/store.ts";
import { type PutOptions } from "../store/upload.ts";
import { Measure } from "../streams.ts";
import { changeCatalogue, loadCatalogue } from "./document.ts";
import { type Claimant, assertActive, describeTenure } from "./ownership.ts";
import { verifiedOf } from "./order.ts";
import { DumpRemoved, withPin } from "./pin.ts";
import type { Keep } from "../contract/shapes.ts";
import { expired } from "./retention.ts";
import { type Catalogue, type Entry } from "./schema.ts";

export interface CopyOptions extends Pick<PutOptions, "lock" | "signal"> {
  /** Retention of the second store: dumps that it would remove at once are not copied. @default - every dump is copied */
  readonly keep?: Keep;
  /** The site that copies. It is refused when another site became the active one. @default - the active site */
  readonly acting?: Claimant;
}

export interface Copied {
  readonly entries: readonly Entry[];
  readonly bytes: number;
}

/**
 * Copies verified dumps that the second store lacks, oldest first. A dump is published there once all of its objects are there and match
 * the manifest, so a dump that is damaged in the first store never reaches the second.
 */
export async function copyMissing(store: Store, second: Store, options: CopyOptions = {}): Promise<Copied> {
  const catalogue = await loadCatalogue(store);
  if (!catalogue) throw new BackupError("refused", `${store.place}: has no catalogue, so there is nothing to copy`);
  if (options.acting) assertActive(catalogue, options.acting, "copy");
  const entries: Entry[] = [];
  const problems: string[] = [];
  let bytes = 0;
  const missing = await missingIn(second, catalogue, options.keep);
  const progress = progressOf(missing);
  for (const entry of missing) {
    try {
      bytes += await withPin(store, entry.id, () => copyDump(store, second, entry, progress, options));
      progress.finished();
    } catch (error) {
      // A dump that the first store's retention removed meanwhile is no loss.
      if (!(error instanceof DumpRemoved)) problems.push(damageOf(error));
      continue;
    }
    await changeCatalogue(second, (found) => withEntry(second, found, catalogue, entry));
    entries.push(entry);
  }
  // The second catalogue follows the active site even when there is no new dump.
  await changeCatalogue(second, (found) => following(second, found, catalogue));
  if (problems.length > 0) throw new BackupError("verification", problems.join("\n"));
  return { entries, bytes };
}

const progressOf = (missing: readonly Entry[]) =>
  new Progress("copied", {
    bytes: missing.reduce((sum, { bytes }) => sum + bytes, 0),
    items: missing.length,
    of: "dumps",
  });

/** One damaged dump must not keep newer ones from being copied; any other error ends the run. */
function damageOf(error: unknown): string {
  if (error instanceof BackupError && ["verification", "refused"].includes(error.kind)) return error.message;
  throw error;
}

async function missingIn(second: Store, catalogue: Catalogue, keep: Keep | undefined): Promise<Entry[]> {
  const there = following(second, await loadCatalogue(second), catalogue).entries;
  const missing = verifiedOf(catalogue.entries)
    .filter(({ id }) => !there.some((entry) => entry.id === id))
    .reverse();
  if (!keep) return missing;
  const gone = expired([...there, ...missing], keep, await second.now());
  return missing.filter((entry) => !gone.includes(entry));
}

function withEntry(second: Store, found: Catalogue | undefined, source: Catalogue, entry: Entry): Catalogue {
  const catalogue = following(second, found, source);
  if (catalogue.entries.some(({ id }) => id === entry.id)) return catalogue;
  const entries = [...catalogue.entries, entry].sort((a, b) => a.sequence - b.sequence);
  return { ...catalogue, entries };
}

/** The second catalogue with the active site of the first; refuses to return it to a site that was replaced. */
function following(second: Store, found: Catalogue | undefined, source: Catalogue): Catalogue {
  const { site, epoch, takeover, sequence } = source;
  if (!found) return { ...source, entries: [] };
  const newer = found.epoch > epoch || (found.epoch === epoch && found.site !== site);
  if (newer) {
    throw new BackupError(
      "fenced",
      `${second.place}: has ${describeTenure(found)} as the active site, got dumps of ${describeTenure(source)}; a failover happened there: copy the other way, or use another second store`,
    );
  }
  if (found.epoch === epoch && found.sequence >= sequence) return found;
  return { ...found, site, epoch, ...(takeover && { takeover }), sequence: Math.max(found.sequence, sequence) };
}

async function copyDump(
  store: Store,
  second: Store,
  entry: Entry,
  progress: Progress,
  options: CopyOptions,
): Promise<number> {
  const measured = () => new Measure((bytes) => progress.add(bytes));
  const manifest = await readManifest(store, entry.manifest);
  let bytes = 0;
  for (const part of objectsOf(manifest)) {
    const there = await second.head(part.key);
    if (there?.bytes === part.bytes) continue;
    await copyObject(store, second, part, measured(), options);
    bytes += part.bytes;
  }
  await copyObject(store, second, entry.manifest, measured(), options);
  return bytes + entry.manifest.bytes;
}

/** Copies one object. The end of the stream is withheld when its checksum is wrong, so that the second store never completes the object. */
async function copyObject(
  store: Store,
  second: Store,
  { key, bytes, sha256 }: Pick<Stored, "key" | "bytes" | "sha256">,
  measure: Measure,
  { lock, signal }: CopyOptions,
): Promise<void> {
  const source = await store.get(key, { ...(signal && { signal }) });
  await pipeline(source, measure, async (chunks: AsyncIterable<Buffer>) => {
    async function* checked() {
      yield* chunks;
      const found = `${measure.bytes} bytes, SHA-256 ${measure.sha256()}`;
      const expected = `${bytes} bytes, SHA-256 ${sha256}`;
      if (found === expected) return;
      throw new BackupError(
        "verification",
        `${store.place}/${key}: must have ${expected}, got ${found}; choose another dump, and look at this store's disks`,
      );
    }
    await second.put(key, Readable.from(checked()), {
      size: bytes,
      ...(lock && { lock }),
      ...(signal && { signal }),
    });
  });
}
