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

/** The same as the only run there is. The containers of a pod are one holder, so that the lease goes from one to the next. */
export const withRun = <T>(settings: Settings, work: (store: Store, signal: AbortSignal) => Promise<T>): Promise<T> =>
  withStore(settings, (store) => withLease(store, settings.text("ACCI_RUN"), {}, (signal) => work(store, signal)));
