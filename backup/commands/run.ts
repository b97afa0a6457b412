import { withLease } from "../catalogue/lease.ts";
import type { Settings } from "../settings.ts";
import { storeSettings } from "../store/settings.ts";
import { openStore, type Store } from "../store/store.ts";

/** Opens the store for the work and closes it. */
export async function withStore<T>(settings: Settings, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(storeSettings(settings.text("ACCI_STORE")));
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
  work: (store: Store, signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  withStore(settings, (store) =>
    withLease(store, { name: settings.text("ACCI_RUN"), dump }, {}, (signal) => orLost(signal, work(store, signal))),
  );

/** Ends the wait when the lease is lost; the process ends then, and with it whatever is still at work. */
const orLost = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  ]);
