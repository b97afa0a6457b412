import http from "node:http";
import type { AddressInfo } from "node:net";
import { changeCatalogue } from "../../../backup/catalogue/document.ts";
import { EXIT_CODES } from "../../../backup/contract/exit-codes.ts";
import type { Entry } from "../../../backup/catalogue/schema.ts";
import { Watch } from "../../../backup/commands/watch.ts";
import { recordDrill } from "../../../backup/drill/record.ts";
import { SiteDatabase } from "../../../backup/failover/site-database.ts";
import { type Held, recordCopy, recordRun } from "../../../backup/last-run.ts";
import { recordRollout } from "../../../backup/rollout/record.ts";
import { openStore, type Store } from "../../../backup/store/store.ts";
import { aDrill } from "../../../backup/testing/drills.ts";
import { aCatalogue, anEntry } from "../../../backup/testing/entries.ts";
import type { TestPostgres } from "../../../backup/testing/postgres.ts";
import { TestStore } from "../../../backup/testing/store.ts";

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const entries = (site: string, ...changed: readonly (Partial<Entry> & { readonly age: number })[]) =>
  changed.map(({ age, ...more }, i) => anEntry(i + 1, { snapshotAt: hoursAgo(age).toISOString(), site, ...more }));

/** What is in the store of a site. */
interface Content {
  /** Ages of its dumps in hours, oldest first, with what is not usual about them. */
  readonly dumps?: readonly (Partial<Entry> & { readonly age: number })[];
  /** Exit code of its last run. */
  readonly run?: number;
  /** Exit code of its last copy, with what the second store has then. */
  readonly copy?: number;
  readonly held?: Held;
  readonly more?: (store: Store, site: string) => Promise<unknown>;
}

const rollout = (site: string) => ({
  site,
  version: "1.2.4",
  startedAt: hoursAgo(2).toISOString(),
  finishedAt: hoursAgo(1).toISOString(),
  done: [],
  decision: "taken back" as const,
});
const drill = (site: string, ago: number, changed: Parameters<typeof aDrill>[1]) =>
  aDrill(1, {
    site,
    startedAt: hoursAgo(ago + 0.5).toISOString(),
    finishedAt: hoursAgo(ago).toISOString(),
    ...changed,
  });

const copied = (hours: number): Held => ({ verified: 2, snapshotAt: hoursAgo(hours).toISOString() });

/** Sites by what is wrong with their dumps; with `sound` nothing is. */
const SITES: Readonly<Record<string, Content>> = {
  sound: { dumps: [{ age: 25 }, { age: 1 }], run: 0, copy: 0, held: copied(1) },
  late: { dumps: [{ age: 96 }, { age: 72 }], run: EXIT_CODES.store, copy: EXIT_CODES.store, held: copied(72) },
  empty: { dumps: [], copy: 0, held: { verified: 0 } },
  unrestorable: { dumps: [{ age: 1 }], run: EXIT_CODES.unrestorable },
  replaced: { dumps: [{ age: 1 }], run: EXIT_CODES.fenced },
  bad: { dumps: [{ age: 25 }, { age: 1, status: "bad", reason: "a table differs" }] },
  shrunk: { dumps: [{ age: 49 }, { age: 25 }, { age: 1, rows: 10 }] },
  removed: { dumps: [{ age: 5 }], run: 0 },
  fast: { dumps: [{ age: -2 }] },
  unrehearsed: {
    dumps: [{ age: 1 }],
    more: async (store, site) => {
      await recordDrill(store, drill(site, 400, { rtoSeconds: 1200 }));
      await recordDrill(store, drill(site, 390, { exitCode: EXIT_CODES.store, reason: "no application" }));
    },
  },
  "taken-back": { dumps: [{ age: 1 }], more: (store, site) => recordRollout(store, rollout(site)) },
  blind: { dumps: [{ age: 1 }] },
};

/** Failed looks after which an agent counts as blind. */
const LOOKS = 10;
/** Seconds between the drills of these sites: a week. */
const EVERY = 7 * 86_400;

/** Agents of sites whose dumps are in a real store, each with a server of its metrics. */
export class Dumps {
  readonly sites = Object.keys(SITES).map((name) => `acci-${name}`);
  readonly #store: TestStore;
  readonly #servers: http.Server[] = [];

  private constructor(store: TestStore) {
    this.#store = store;
  }

  static async start(): Promise<Dumps> {
    return new Dumps(await TestStore.start());
  }

  /** Writes what is in the stores, lets each agent look, and answers the port of each by its site. */
  async look(postgres: TestPostgres): Promise<Record<string, number>> {
    const ports: Record<string, number> = {};
    const database = new SiteDatabase(postgres.connection());
    const unknown = openStore(this.#store.settings({ secretAccessKey: "revoked" }));
    const observed = { database, every: EVERY, replicas: 0, timeout: 60 };
    for (const [name, content] of Object.entries(SITES)) {
      const site = `acci-${name}`;
      const store = openStore(this.#store.settings());
      await write(store, site, content);
      const watch = new Watch({ ...observed, site, hasSecond: content.copy !== undefined });
      await watch.look(store);
      if (name === "blind") for (let look = 0; look < LOOKS; look++) await watch.look(unknown);
      ports[site] = await this.#serve(watch);
    }
    return ports;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.close().closeAllConnections();
    await this.#store.stop();
  }

  async #serve(watch: Watch): Promise<number> {
    const server = http.createServer((_, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4").end(watch.metrics);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }
}

async function write(store: Store, site: string, { copy, dumps = [], held, more, run }: Content): Promise<void> {
  await changeCatalogue(store, () => aCatalogue(entries(site, ...dumps), { site }));
  const started = new Date(Date.now() - 60_000);
  if (run !== undefined) await recordRun(store, site, started, run);
  if (copy !== undefined) await recordCopy(store, site, started, copy, held);
  await more?.(store, site);
}
