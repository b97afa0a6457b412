import { type LeaseOptions, withLease } from "../catalogue/lease.ts";
import type { Settings } from "../settings.ts";
import { asFailure } from "../failure.ts";
import { recordRun } from "../last-run.ts";
import { storeSettings } from "../store/settings.ts";
import { openStore, type Store } from "../store/store.ts";

/** Opens the store whose settings are in the folder, for the work, and closes it. @default folder - that of the store */
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

/** The same as the only run there is; `dump` is what must not be taken for a leftover meanwhile. */
export const withRun = <T>(
  settings: Settings,
  dump: string,
  lease: Pick<LeaseOptions, "adopt" | "leave">,
  work: (store: Store, token: string) => Promise<T>,
): Promise<T> =>
  withStore(settings, (store) =>
    recorded(store, settings.site, () =>
      withLease(store, { name: settings.run, dump }, { ...lease, ttl: settings.leaseSeconds * 1000 }, (signal, token) =>
        orLost(signal, work(store, token)),
      ),
    ),
  );

/** Tells a failure to the watch as well; a run is over well only after its last step, which tells so itself. */
export async function recorded<T>(store: Store, site: string, work: () => Promise<T>): Promise<T> {
  const started = new Date();
  try {
    return await work();
  } catch (error) {
    // The store may be what failed.
    await recordRun(store, site, started, asFailure(error as Error).exitCode).catch(() => {});
    throw error;
  }
}

/** Ends the wait when the lease is lost; the process ends then, and with it whatever is still at work. */
export const orLost = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  ]);
