import { copyMissing } from "../catalogue/copy.ts";
import { loadCatalogue } from "../catalogue/document.ts";
import { withLease } from "../catalogue/lease.ts";
import { verifiedOf } from "../catalogue/order.ts";
import { asFailure } from "../failure.ts";
import { type Held, recordCopy } from "../last-run.ts";
import { say, size } from "../progress.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { PutOptions } from "../store/upload.ts";
import { rejectWhenLeaseLost, withStore } from "./run.ts";

/** Copies the verified dumps that the second store lacks, and records in the first store what the second one holds, for the metrics. */
export async function copyCommand(settings: Settings): Promise<void> {
  const { site } = settings;
  const started = new Date();
  await withStore(settings, async (store) => {
    let held: Held | undefined;
    const work = async (second: Store) => {
      try {
        await copy(settings, store, second);
      } finally {
        held = await heldBy(second).catch(() => undefined);
      }
    };
    try {
      await withStore(settings, work, settings.secondStoreFolder);
    } catch (error) {
      // The record may fail as well: the first store may be what failed.
      await recordCopy(store, site, started, asFailure(error as Error).exitCode, held).catch(() => {});
      throw error;
    }
    await recordCopy(store, site, started, 0, held);
  });
}

/** Copies under the lease of the second store, so that no other run writes to it. */
async function copy(settings: Settings, store: Store, second: Store): Promise<void> {
  const { keep, run, site } = settings;
  await withLease(second, { name: run }, {}, async (signal) => {
    const lock = await lockOf(settings, second);
    const done = await rejectWhenLeaseLost(
      signal,
      copyMissing(store, second, { keep, acting: { site }, signal, ...lock }),
    );
    for (const { bytes, id } of done.entries) say(`copied ${id}, ${size(bytes)}`);
    say(`copied ${done.entries.length} dumps, ${size(done.bytes)}, to ${second.place}`);
  });
}

/** Object lock in S3's terms, by the store's clock. */
async function lockOf(settings: Settings, second: Store): Promise<Pick<PutOptions, "lock">> {
  const { lockDays: days } = settings;
  if (days === undefined) return {};
  const mode = settings.lockMode === "compliance" ? "COMPLIANCE" : "GOVERNANCE";
  return { lock: { mode, until: new Date((await second.now()).getTime() + days * 86_400_000) } };
}

async function heldBy(second: Store): Promise<Held> {
  const verified = verifiedOf((await loadCatalogue(second))?.entries ?? []);
  return { verified: verified.length, ...(verified[0] ? { snapshotAt: verified[0].snapshotAt } : {}) };
}
