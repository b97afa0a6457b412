import type { Catalogue } from "../catalogue/schema.ts";
import { DEFAULTS } from "../contract/variables.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";

const MOST_SECONDS_BETWEEN = 10;

/** Short enough that one sign of life may be lost before the site counts as dead. */
export const secondsBetweenBeats = (silenceSeconds: number) => Math.min(MOST_SECONDS_BETWEEN, silenceSeconds / 4);

const keyOf = (site: string) => `sites/${site}`;

const RELEASED = "released\n";

/** Writes the sign of life and how long it holds, because the site that reads it may be configured differently. */
export const beat = (store: Store, site: string, silenceSeconds: number = DEFAULTS.silenceSeconds) =>
  store.write(keyOf(site), `alive for ${silenceSeconds} s\n`);

/** Records that the site waits for another to take over. */
export const release = (store: Store, site: string) => store.write(keyOf(site), RELEASED);

/** A sign of life without a duration holds for the default. */
const silenceOf = (sign: string) => Number(/^alive for (\d+) s$/m.exec(sign)?.[1] ?? DEFAULTS.silenceSeconds);

/** Throws while the site in charge is alive: two sites that serve at once would lose the writes of one of them. */
export async function refuseLiving(store: Store, { site }: Catalogue): Promise<void> {
  const last = await store.read(keyOf(site));
  if (!last || last.body === RELEASED) return;
  const age = Math.max(0, Math.round(((await store.now()).getTime() - last.modified.getTime()) / 1000));
  const silence = silenceOf(last.body);
  if (age > silence) return;
  throw new BackupError(
    "refused",
    `site ${site}: must be dead to be taken over from, got a sign of life ${age} s ago, which holds for ${silence} s; stop it, hand it over (docs/runbooks/failback.md), or set acci:restore.evenIfAlive to true to shut it out`,
  );
}
