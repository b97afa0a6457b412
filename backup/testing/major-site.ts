import { createRoles, siteRoles } from "../../components/postgres/roles.ts";
import { type Connection, withClient } from "../database/connection.ts";
import { identifier } from "../database/sql.ts";
import { dump } from "../dump/dump.ts";
import type { Manifest } from "../dump/manifest.ts";
import { newId } from "../id.ts";
import { verify } from "../restore/verify.ts";
import type { Store } from "../store/store.ts";
import { withTools } from "./majors.ts";
import { TestPostgres } from "./postgres.ts";

const SETTINGS = ["max_locks_per_transaction=256", "wal_level=logical"];
const PARALLELISM = 2;

const site = { roles: siteRoles(), extensions: [] as string[], restoreRole: "acci_restore" };

interface Setup {
  /** As the owner, and then as a superuser. */
  readonly sql: string;
  readonly superuser?: string;
  /** Of `CREATE DATABASE`, after the owner. */
  readonly options?: string;
}

/** A server of one major with the stack's roles and that major's tools: what a stack of that major dumps from, and restores into. */
export class MajorSite {
  readonly major: number;
  readonly server: TestPostgres;
  /** As the role that restores. */
  readonly restorer: Connection;
  readonly #store: Store;
  #number = 0;

  private constructor(major: number, server: TestPostgres, store: Store) {
    [this.major, this.server, this.#store] = [major, server, store];
    this.restorer = server.connection("postgres", site.restoreRole);
  }

  static async start(major: number, store: Store): Promise<MajorSite> {
    const server = TestPostgres.start(SETTINGS, { major });
    await server.query(server.connection(), ["CREATE ROLE acci LOGIN", ...createRoles()].join(";"));
    return new MajorSite(major, server, store);
  }

  /** Dumps a database that it makes. */
  async dumpOf({ options = "", sql, superuser = "" }: Setup): Promise<Manifest> {
    const name = `trip_${++this.#number}`;
    const { server } = this;
    await server.query(server.connection(), `CREATE DATABASE ${name} OWNER acci ${options}`);
    for (const [user, statements] of [
      ["acci", sql],
      ["postgres", superuser],
    ] as const)
      if (statements) await server.query(server.connection(name, user), `SET search_path = public; ${statements}`);
    const request = { id: newId("test", new Date()), site: "test", parallelism: PARALLELISM, recipients: [] };
    return withTools(this.major, () => dump(server.connection(name, "acci_backup"), this.#store, request));
  }

  verify(manifest: Manifest): Promise<string[]> {
    const superuser = this.server.connection();
    return withTools(this.major, () => verify(this.#store, manifest, { site, superuser, parallelism: PARALLELISM }));
  }

  /** A database just like another, with statements of a superuser run in it. */
  async copy(original: Connection, statements: string): Promise<Connection> {
    const name = `copy_${++this.#number}`;
    const copy = `CREATE DATABASE ${name} TEMPLATE ${identifier(original.database)} OWNER acci`;
    await this.server.query(this.server.connection(), copy);
    await withClient(this.server.connection(name), (client) => client.query(statements));
    return this.server.connection(name);
  }
}
