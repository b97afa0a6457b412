import { createRoles, siteRoles } from "../../components/postgres/roles.ts";
import { type Connection, withClient } from "../database/connection.ts";
import { compareIdentity, identityOf } from "../database/identity.ts";
import { identifier } from "../database/sql.ts";
import { dump } from "../dump/dump.ts";
import type { Manifest } from "../dump/manifest.ts";
import { newId } from "../id.ts";
import { bringBack, definitionsAgain, settle } from "../restore/bring-back.ts";
import { compareContent, compareSchema, type Normal } from "../restore/compare.ts";
import { configure } from "../restore/database.ts";
import { withDump } from "../restore/open.ts";
import { prepareVerificationServer, requireRoles } from "../restore/verification-server.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres } from "./postgres.ts";
import { TestStore } from "./store.ts";

const PARALLELISM = 2;
/** What audits load, in each server that has it. */
const SETTINGS = ["max_locks_per_transaction=256", "max_prepared_transactions=0", "wal_level=logical"];

const site = { roles: siteRoles(), extensions: [] as string[], restoreRole: "acci_restore" };

export interface Setup {
  /** As the database's owner. */
  readonly sql?: string;
  /** As a superuser, before or after it. */
  readonly before?: string;
  readonly superuser?: string;
  /** Of `CREATE DATABASE`, after the owner. */
  readonly options?: string;
}

export interface Restored {
  readonly manifest: Manifest;
  /** As superusers. */
  readonly source: Connection;
  readonly target: Connection;
  /** Another database just like the restored one. */
  copy(): Promise<Connection>;
  /** Every difference that is found, in the restored database or in a copy of it; none when they are the same. */
  problems(target?: Connection): Promise<string[]>;
}

/** A site's server and a verification server, with the stack's roles: dumps as `acci_backup`, restores as `acci_restore`. */
export class RoundTrip {
  readonly source: TestPostgres;
  readonly target: TestPostgres;
  readonly store: Store;
  /** What both servers are like. */
  readonly site = site;
  readonly #objects: TestStore;
  #number = 0;

  private constructor(source: TestPostgres, target: TestPostgres, objects: TestStore) {
    [this.source, this.target, this.#objects] = [source, target, objects];
    this.store = openStore(objects.settings());
  }

  static async start(): Promise<RoundTrip> {
    const [source, target] = [TestPostgres.start(SETTINGS), TestPostgres.start(SETTINGS)];
    await source.query(source.connection(), ["CREATE ROLE acci LOGIN", ...createRoles()].join(";"));
    await prepareVerificationServer(target.connection(), site);
    return new RoundTrip(source, target, await TestStore.start());
  }

  /** Makes a database on the site's server, and answers how a superuser reaches it. */
  async database({ before = "", options = "", sql = "", superuser = "" }: Setup): Promise<Connection> {
    const name = `trip_${++this.#number}`;
    await this.source.query(this.source.connection(), `CREATE DATABASE ${name} OWNER acci ${options}`);
    const source = this.source.connection(name);
    for (const [user, statements] of [
      ["postgres", before],
      ["acci", sql],
      ["postgres", superuser],
    ] as const)
      if (statements) await this.source.query({ ...source, user }, `SET search_path = public; ${statements}`);
    return source;
  }

  /** Makes one, dumps it and brings the dump back. */
  async restored(setup: Setup): Promise<Restored> {
    return this.bringBack(await this.database(setup));
  }

  /** The same of a database that is there. */
  async bringBack(source: Connection): Promise<Restored> {
    const request = { id: newId("test", new Date()), site: "test", parallelism: PARALLELISM, recipients: [] };
    const manifest = await dump({ ...source, user: "acci_backup" }, this.store, request);
    requireRoles(manifest, site);
    const server = { ...this.target.connection(), user: site.restoreRole };
    const target = await this.#open(manifest, (opened) => bringBack(server, source.database, opened));
    await this.#open(manifest, (opened) => settle(server, target, opened));
    const asSuperuser = this.target.connection(target.database);
    let again: ReturnType<Normal> | undefined;
    const problems = (found = asSuperuser) =>
      this.#open(manifest, async (opened) => {
        const normal = () => (again ??= definitionsAgain(server, `${source.database}_again`, opened));
        return [
          ...compareIdentity(manifest.database, await withClient(found, identityOf)),
          ...(await compareSchema(found, opened, normal)),
          ...(await compareContent(found, opened)),
        ];
      });
    const copy = async () => {
      const name = `copy_${++this.#number}`;
      const statement = `CREATE DATABASE ${name} TEMPLATE ${identifier(target.database)} OWNER ${identifier(manifest.database.owner)}`;
      await this.target.query(this.target.connection(), statement);
      await configure(server, name, manifest.database);
      return this.target.connection(name);
    };
    return { manifest, source, target: asSuperuser, copy, problems };
  }

  /** Drops the databases of one. */
  async forget({ source, target }: Restored): Promise<void> {
    for (const [server, { database }] of [
      [this.source, source],
      [this.target, target],
    ] as const)
      await withClient(server.connection(), (client) =>
        client.query(`DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`),
      );
  }

  async stop(): Promise<void> {
    this.store.close();
    this.source.stop();
    this.target.stop();
    await this.#objects.stop();
  }

  #open<T>(manifest: Manifest, work: Parameters<typeof withDump<T>>[3]): Promise<T> {
    return withDump(this.store, manifest, { parallelism: PARALLELISM }, work);
  }
}
