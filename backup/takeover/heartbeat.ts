import type { Catalogue } from "../catalogue/schema.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** A site in charge says so this often, and is taken for dead when it was silent this long. */
export const HEARTBEAT_SECONDS = 10;
const ALIVE_SECONDS = 45;

const keyOf = (site: string) => `sites/${site}`;

const RELEASED = "released\n";

export const beat = (store: Store, site: string) => store.write(keyOf(site), "alive\n");

/** Says that the site waits for another to take over. */
export const release = (store: Store, site: string) => store.write(keyOf(site), RELEASED);

/** Two sites that serve at once would lose the writes of one of them. */
export async function refuseLiving(store: Store, { site }: Catalogue): Promise<void> {
  const last = await store.read(keyOf(site));
  if (!last || last.body === RELEASED) return;
  const age = Math.max(0, Math.round(((await store.now()).getTime() - last.modified.getTime()) / 1000));
  if (age > ALIVE_SECONDS) return;
  throw new BackupError(
    "refused",
    `site ${site}: must be dead to be taken over from, got a sign of life ${age} s ago; stop it, hand it over (docs/runbooks/failback.md), or set acci:restore.evenIfAlive to true to shut it out`,
  );
}
