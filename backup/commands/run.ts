import { type LeaseOptions, withLease } from "../catalogue/lease.ts";
import type { Settings } from "../settings.ts";
import { asFailure } from "../failure.ts";
import { recordRun } from "../last-run.ts";
import { storeSettings } from "../store/settings.ts";
import { openStore, type Store } from "../store/store.ts";

/** Opens the store whose settings are in `folder` for the duration of the work. @default folder - that of the store */
export async function withStore<T>(
  settings: Settings,
  work: (store: Store) => Promise<T>,
  folder = settings.storeFolder,
): Promise<T> {
  const store = openStore(storeSettings(folder));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** Like withStore, but holding the lease. `dump` protects that dump's objects from being removed as leftovers. */
export const withRun = <T>(
  settings: Settings,
  dump: string,
  lease: Pick<LeaseOptions, "adopt" | "leave">,
  work: (store: Store, token: string) => Promise<T>,
): Promise<T> =>
  withStore(settings, (store) =>
    recorded(store, settings.site, () =>
      withLease(store, { name: settings.run, dump }, { ...lease, ttl: settings.leaseSeconds * 1000 }, (signal, token) =>
        rejectWhenLeaseLost(signal, work(store, token)),
      ),
    ),
  );

/** Records a failed run for the metrics. Success is recorded by the run's last step, not here. */
export async function recorded<T>(store: Store, site: string, work: () => Promise<T>): Promise<T> {
  const started = new Date();
  try {
    return await work();
  } catch (error) {
    // The record may fail as well: the store may be what failed.
    await recordRun(store, site, started, asFailure(error as Error).exitCode).catch(() => {});
    throw error;
  }
}

/** Rejects when the lease is lost; the process then ends, and with it all work that is still going on. */
export const rejectWhenLeaseLost = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  ]);
