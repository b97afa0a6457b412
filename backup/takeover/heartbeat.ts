import type { Catalogue } from "../catalogue/schema.ts";
import { DEFAULTS } from "../contract/variables.ts";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";

const MOST_SECONDS_BETWEEN = 10;

/** So often that a sign of life may be lost without a site being taken for dead. */
export const secondsBetweenBeats = (silenceSeconds: number) => Math.min(MOST_SECONDS_BETWEEN, silenceSeconds / 4);

const keyOf = (site: string) => `sites/${site}`;

const RELEASED = "released\n";

/** Says that the site lives, and for how long that holds: whoever takes over need not be configured alike. */
export const beat = (store: Store, site: string, silenceSeconds: number = DEFAULTS.silenceSeconds) =>
  store.write(keyOf(site), `alive for ${silenceSeconds} s\n`);

/** Says that the site waits for another to take over. */
export const release = (store: Store, site: string) => store.write(keyOf(site), RELEASED);

/** A sign of life that does not say how long it holds holds for the default. */
const silenceOf = (sign: string) => Number(/^alive for (\d+) s$/m.exec(sign)?.[1] ?? DEFAULTS.silenceSeconds);

/** Two sites that serve at once would lose the writes of one of them. */
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
