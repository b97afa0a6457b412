import type { Catalogue } from "../catalogue/schema.ts";
import { DEFAULTS } from "../contract/variables.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";

const MOST_SECONDS_BETWEEN = 10;

/** Short enough that one heartbeat may be lost before the site counts as dead. */
export const secondsBetweenBeats = (heartbeatTimeoutSeconds: number) =>
  Math.min(MOST_SECONDS_BETWEEN, heartbeatTimeoutSeconds / 4);

const keyOf = (site: string) => `sites/${site}`;

const RELEASED = "released\n";

/** Writes the heartbeat and how long it holds, because the site that reads it may be configured differently. */
export const beat = (store: Store, site: string, heartbeatTimeoutSeconds: number = DEFAULTS.heartbeatTimeoutSeconds) =>
  store.write(keyOf(site), `alive for ${heartbeatTimeoutSeconds} s\n`);

/** Records that the site waits for the failover to another. */
export const release = (store: Store, site: string) => store.write(keyOf(site), RELEASED);

/** When the site last gave a heartbeat; undefined when it never did. */
export const lastBeat = async (store: Store, site: string): Promise<Date | undefined> =>
  (await store.head(keyOf(site)))?.modified;

/** A heartbeat without a duration holds for the default. */
const timeoutOf = (heartbeat: string) =>
  Number(/^alive for (\d+) s$/m.exec(heartbeat)?.[1] ?? DEFAULTS.heartbeatTimeoutSeconds);

/** Throws while the active site is alive: two sites that serve at once would lose the writes of one of them. */
export async function refuseLiving(store: Store, { site }: Catalogue): Promise<void> {
  const last = await store.read(keyOf(site));
  if (!last || last.body === RELEASED) return;
  const age = Math.max(0, Math.round(((await store.now()).getTime() - last.modified.getTime()) / 1000));
  const timeout = timeoutOf(last.body);
  if (age > timeout) return;
  throw new BackupError(
    "refused",
    `site ${site}: must be dead for a failover, got a heartbeat ${age} s ago, which holds for ${timeout} s; stop it, hand it over (docs/runbooks/failback.md), or set acci:restore.evenIfAlive to true to shut it out`,
  );
}
