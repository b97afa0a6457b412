import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createRoles, siteRoles } from "../../components/postgres/roles.ts";
import { CATALOGUE, loadCatalogue } from "../catalogue/document.ts";
import { environment } from "../contract/variables.ts";
import { type Connection, withClient } from "../database/connection.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres } from "./postgres.ts";
import { TestStore } from "./store.ts";
import { StoreProxy } from "./store-proxy.ts";
import { type Ended, tool } from "./tool.ts";
import { until } from "./until.ts";

/** What the sites of a test share. */
export interface Servers {
  readonly database: TestPostgres;
  /** The verification server. */
  readonly verification: TestPostgres;
  readonly objects: TestStore;
}

export async function startServers(): Promise<Servers> {
  const database = TestPostgres.start();
  const roles = ["CREATE ROLE acci LOGIN", ...createRoles(), "ALTER ROLE acci_backup PASSWORD 'right'"];
  await database.query(database.connection(), roles.join(";"));
  await database.demandPasswords();
  return { database, verification: TestPostgres.start(), objects: await TestStore.start() };
}

export async function stopServers({ database, objects, verification }: Servers): Promise<void> {
  database.stop();
  verification.stop();
  await objects.stop();
}

const TABLES = `
  CREATE TABLE public.notes AS SELECT g AS id, md5(g::text) AS title FROM generate_series(1, 1000) g;
  CREATE TABLE public.tags AS SELECT g AS id FROM generate_series(1, 10) g;`;
/** A site with one good dump, whose next run meets the fault. */
export class FaultySite {
  readonly store: Store;
  readonly source: Connection;
  readonly #servers: Servers;
  readonly #folder: string;
  readonly #work: string;

  private constructor(servers: Servers, source: Connection, server: TestStore) {
    [this.#servers, this.source] = [servers, source];
    const settings = server.settings();
    this.store = openStore(settings);
    this.#folder = server.mounted(settings);
    this.#work = mkdtempSync(path.join(servers.objects.folder, "work-"));
  }

  static async start(servers: Servers, store = servers.objects): Promise<FaultySite> {
    const source = { ...(await servers.database.database()), user: "acci_backup" };
    const site = new FaultySite(servers, source, store);
    await site.sql(`ALTER DATABASE ${site.source.database} OWNER TO acci`);
    await site.sql(`SET ROLE acci; ${TABLES}`);
    for (const step of [site.dump, site.verify]) {
      const { code, said } = await step();
      if (code !== 0) throw new Error(`a site without a fault must dump well, got ${said}`);
    }
    return site;
  }

  sql = <T extends Record<string, unknown>>(statements: string) =>
    this.#servers.database.query<T>({ ...this.source, user: "postgres" }, statements);

  dump = (env: NodeJS.ProcessEnv = {}) =>
    this.#step("dump", this.source, { PGPASSWORD_FILE: this.file("password", "right"), ...env });

  verify = (env: NodeJS.ProcessEnv = {}, server = this.#servers.verification) =>
    this.#step("verify", server.connection(), env);

  #step(command: string, { database: name, host, user }: Connection, env: NodeJS.ProcessEnv): Promise<Ended> {
    const given = environment({
      site: "prod",
      run: "backup-1",
      storeFolder: this.#folder,
      workFolder: this.#work,
      siteRoles: siteRoles(),
      restoreRole: "acci_restore",
      databaseHost: host,
      databaseUser: user,
      databaseName: name,
    });
    return tool(command, { ...given, ...env });
  }

  /** Reaches the store by way of another that answers as told. */
  async through(handle: StoreProxy["handle"], run: () => Promise<Ended>): Promise<Ended> {
    const proxy = await StoreProxy.start(this.#servers.objects.settings());
    proxy.handle = handle;
    this.setting("endpoint", proxy.settings.endpoint!);
    const ended = await run();
    this.setting("endpoint", this.#servers.objects.endpoint);
    await proxy.stop();
    return ended;
  }

  async catalogue(): Promise<string> {
    return (await this.store.read(CATALOGUE))!.body;
  }

  /** With another catalogue in the place of the right one. */
  async withCatalogue(other: string, run: () => Promise<Ended>): Promise<Ended> {
    const right = await this.catalogue();
    await this.store.write(CATALOGUE, other);
    const ended = await run();
    await this.store.write(CATALOGUE, right);
    return ended;
  }

  /** A file of settings with another content. */
  setting(name: string, value: string): void {
    writeFileSync(path.join(this.#folder, name), value);
  }

  /** A file of the work's own. */
  file(name: string, content: string): string {
    const file = path.join(this.#work, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    return file;
  }

  /** The objects of the newest dump, whether or not it is published. */
  async newest(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.store.list("dumps/")) keys.push(key);
    const last = keys.sort().at(-1)!.split("/")[1]!;
    return keys.filter((key) => key.includes(last));
  }

  async change(table: string, to: (bytes: Buffer) => Buffer): Promise<void> {
    const key = (await this.newest()).find((name) => name.endsWith(table))!;
    const bytes = await buffer(await this.store.get(key));
    await this.store.put(key, Readable.from([to(bytes)]));
  }

  /** What a restore of the good dump would need: its entry, and every object. */
  async good(): Promise<unknown> {
    const [entry] = (await loadCatalogue(this.store))!.entries;
    const found: Record<string, string> = {};
    for await (const { key } of this.store.list(`dumps/${entry!.id}/`)) found[key] = (await this.store.head(key))!.etag;
    return { entry, found };
  }
}

/** Begins a run that has to wait for what the statement locks, does something then, and lets it go on. */
export function waiting<T>(site: FaultySite, statement: string, run: () => Promise<Ended>, then: () => Promise<T>) {
  const waits = "SELECT FROM pg_stat_activity WHERE application_name = 'acci-backup' AND wait_event_type = 'Lock'";
  return withClient({ ...site.source, user: "postgres" }, async (client) => {
    await client.query(`BEGIN; ${statement}`);
    const running = run();
    await until(async () => (await site.sql(waits)).length > 0);
    const answer = await then();
    await client.query("COMMIT");
    return { ended: await running, answer };
  });
}
