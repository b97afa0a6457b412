import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createRoles, siteRoles } from "../../components/postgres/roles.ts";
import { publish } from "../catalogue/publish.ts";
import { drillCommand, drillEndCommand } from "../commands/drill.ts";
import { actingOf, entryOf } from "../commands/verify.ts";
import { environment } from "../contract/variables.ts";
import { dump } from "../dump/dump.ts";
import { storeManifest } from "../dump/store-manifest.ts";
import { newId } from "../id.ts";
import { read, type Settings } from "../settings.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres } from "../testing/postgres.ts";
import { TestStore } from "../testing/store.ts";
import { readDrills } from "./record.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

/** A loopback address at which no other test serves the application's fixed ports. */
const APPLICATION = "127.0.0.77";

let folder: string;
let objects: TestStore;
let store: Store;
/** Folder with the settings of the store, as a pod has it. */
let mounted: string;
let site: TestPostgres;
let verification: TestPostgres;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "acci-drill-"));
  [site, verification] = [TestPostgres.start(), TestPostgres.start()];
  await site.query(site.connection(), ["CREATE ROLE acci LOGIN", ...createRoles()].join(";"));
  objects = await TestStore.start();
});
afterAll(async () => {
  site.stop();
  verification.stop();
  await objects.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  const own = objects.settings();
  store = openStore(own);
  mounted = objects.mounted(own);
});
afterEach(() => store.close());

function settings(): Settings {
  const { host, port, user } = verification.connection("postgres");
  const given = environment({
    site: "prod",
    storeFolder: mounted,
    workFolder: folder,
    siteRoles: siteRoles(),
    restoreRole: "acci_restore",
    addresses: [{ file: "application-url", url: "postgres://acci_app@localhost/acci" }],
    application: APPLICATION,
    checkSeconds: 1,
    databaseHost: host,
    databasePort: port,
    databaseUser: user,
    databaseName: "postgres",
  });
  return read(given);
}

/** Publishes a dump of a database with a table that row-level security guards. */
async function published(): Promise<string> {
  const source = await site.database();
  await site.query(site.connection(), `ALTER DATABASE ${source.database} OWNER TO acci`);
  await site.query(
    { ...source, user: "acci" },
    `CREATE TABLE public.notes (id int PRIMARY KEY); INSERT INTO public.notes SELECT generate_series(1, 10);
     ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.notes TO acci_app;`,
  );
  const id = newId("prod", new Date());
  const manifest = await dump(source, store, { id, site: "prod", parallelism: 2, recipients: [] });
  const reference = { ...(await storeManifest(store, manifest)), id, class: "manual" as const };
  await publish(store, actingOf(manifest), entryOf(manifest, reference, []));
  return id;
}

async function application(work: () => Promise<void>): Promise<void> {
  const servers = [8080, 9090].map((port) =>
    http.createServer((_, response) => response.end("http_requests_total 0\n")).listen(port, APPLICATION),
  );
  try {
    await work();
  } finally {
    for (const server of servers) server.close();
  }
}

test("a drill without a dump is recorded as failed", async () => {
  await expect(drillCommand(settings())).rejects.toThrow(/catalogue: has no dump/);
  expect(await readDrills(store, "prod")).toMatchObject([
    { exitCode: EXIT_CODES.refused, reason: expect.stringContaining("no dump") },
  ]);
});

test("a drill restores, lets the application in, and is recorded with its seconds by phase", async () => {
  const id = await published();
  await drillCommand(settings());
  await application(() => drillEndCommand(settings()));
  const drill = (await readDrills(store, "prod")).at(-1)!;
  expect(drill).toMatchObject({ exitCode: 0, dump: id, rows: 10 });
  expect(Object.keys(drill.phases)).toEqual([
    "choosing",
    "checking",
    "restoring",
    "comparing",
    "application",
    "validating",
  ]);
  expect(drill.rtoSeconds).toBeGreaterThan(0);
  const [{ rolcanlogin }] = (await verification.query(
    verification.connection("postgres"),
    "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'acci_app'",
  )) as [{ rolcanlogin: boolean }];
  expect(rolcanlogin).toBe(true);
  const [{ owner }] = (await verification.query(
    verification.connection("postgres"),
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname LIKE 'test%'",
  )) as [{ owner: string }];
  // The role that migrates creates tables in it.
  expect(owner).toBe("acci");
  expect((await store.read("drills/prod.html"))!.body).toContain(id);
  expect((await store.read("drills/prod.md"))!.body).toContain(`| ${id} |`);
});

test("an application that does not serve what was restored fails the drill, and is told", async () => {
  await published();
  await drillCommand(settings());
  await expect(drillEndCommand(settings())).rejects.toThrow(/smoke test: not passed within 1 s/);
  const drill = (await readDrills(store, "prod")).at(-1)!;
  expect(drill).toMatchObject({
    exitCode: EXIT_CODES.refused,
    reason: expect.stringContaining("/ready: must answer well"),
  });
  expect(drill.rtoSeconds).toBeUndefined();
});

test("a dump that changed in the store fails the drill", async () => {
  const id = await published();
  const { value: table } = await store.list(`dumps/${id}/tables/`).next();
  await store.write(table!.key, "changed");
  await expect(drillCommand(settings())).rejects.toThrow(/SHA-256|must unpack|bytes must be/);
  expect((await readDrills(store, "prod")).at(-1)).toMatchObject({ exitCode: EXIT_CODES.verification, dump: id });
});
