import { createRoles } from "../../components/postgres/roles.ts";
import { publish } from "../catalogue/publish.ts";
import { actingOf, entryOf } from "../commands/verify.ts";
import type { Connection } from "../database/connection.ts";
import { dump } from "../dump/dump.ts";
import { storeManifest } from "../dump/store-manifest.ts";
import { newId } from "../id.ts";
import type { Store } from "../store/store.ts";
import type { RestoreRequest } from "../contract/shapes.ts";
import { SiteDatabase } from "../failover/site-database.ts";
import { failover, type Failover } from "../failover/failover.ts";
import { undo } from "../failover/undo.ts";
import { TestPostgres } from "./postgres.ts";
import { TestRedis } from "./redis.ts";

/** A table of a product with tenants, and a hundred rows. */
export const NOTES = `
  SET ROLE acci; CREATE TABLE public.notes (id bigserial PRIMARY KEY, tenant int, title text);
  ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; ALTER TABLE public.notes FORCE ROW LEVEL SECURITY;
  CREATE POLICY tenants ON public.notes USING (tenant = current_setting('acci.tenant')::int); GRANT SELECT, INSERT ON public.notes TO acci_app;
  RESET ROLE; INSERT INTO public.notes (tenant, title) SELECT g % 3, 'note ' || g FROM generate_series(1, 100) g;`;

/** A database server with the roles of the product, and a cache. */
export class Site {
  readonly name: string;
  readonly postgres = TestPostgres.start();
  readonly redis: TestRedis;

  readonly #store: () => Store;

  private constructor(name: string, redis: TestRedis, store: () => Store) {
    this.name = name;
    this.redis = redis;
    this.#store = store;
  }

  static async start(name: string, store: () => Store): Promise<Site> {
    const site = new Site(name, await TestRedis.start(), store);
    await site.sql(["CREATE ROLE acci LOGIN", ...createRoles()].join(";"), "postgres");
    return site;
  }

  /** As it is before anything happened. */
  async reset(content = ""): Promise<void> {
    for (const datname of await this.databases()) await this.sql(`DROP DATABASE ${datname} WITH (FORCE)`, "postgres");
    await this.sql("DROP ROLE IF EXISTS stranger", "postgres");
    await this.sql("CREATE DATABASE acci OWNER acci", "postgres");
    if (content) await this.sql(content);
  }

  sql<T extends Record<string, unknown>>(statements: string, database = "acci"): Promise<T[]> {
    return this.postgres.query<T>(this.postgres.connection(database), statements);
  }

  async notes(database = "acci"): Promise<number> {
    return Number((await this.sql<{ n: string }>("SELECT count(*) AS n FROM public.notes", database))[0]!.n);
  }

  as(user: string): Connection {
    return this.postgres.connection("acci", user);
  }

  async publish(status: "verified" | "bad" = "verified", recipients: readonly string[] = []): Promise<string> {
    const store = this.#store();
    const id = newId(this.name, new Date());
    const manifest = await dump(this.as("acci_backup"), store, { id, site: this.name, parallelism: 2, recipients });
    const reference = { ...(await storeManifest(store, manifest)), id, class: "manual" as const };
    const entry = entryOf(manifest, reference, status === "bad" ? ["a table differs"] : []);
    await publish(store, actingOf(manifest), entry);
    return id;
  }

  get database(): SiteDatabase {
    return new SiteDatabase(this.as("acci_restore"));
  }

  failover(
    request: RestoreRequest = {},
    more: Pick<Failover, "applicationSchema" | "epoch" | "identity" | "replicas"> = {},
  ) {
    const { database, name: site, redis } = this;
    return failover({ site, store: this.#store(), database, cache: redis.cache, request, parallelism: 2, ...more });
  }

  undo() {
    const { database, name: site, redis } = this;
    return undo({ site, store: this.#store(), database, cache: redis.cache });
  }

  /** Databases of the site's, by name. */
  async databases(): Promise<string[]> {
    const found = await this.sql<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname LIKE 'acci%' ORDER BY 1",
      "postgres",
    );
    return found.map(({ datname }) => datname);
  }

  stop(): void {
    this.postgres.stop();
    this.redis.stop();
  }
}
