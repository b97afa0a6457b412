import { mkdtempSync, readFileSync } from "node:fs";
import path from "node:path";
import { loadCatalogue } from "../catalogue/document.ts";
import { activeLease } from "../catalogue/lease.ts";
import { publish } from "../catalogue/publish.ts";
import { activate } from "../catalogue/activation.ts";
import { openStore } from "../store/store.ts";
import { publishDump } from "../testing/dumps.ts";
import { aDump } from "../testing/entries.ts";
import { TestStore } from "../testing/store.ts";
import { type Ended, tool } from "../testing/tool.ts";
import type { Dumped } from "./step-state.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

/** The dump step of an attempt of a Job. There is no database: whoever asks for it has begun a dump. */
function site(run = "backup-29000000", more: Record<string, string> = {}) {
  const settings = server.settings();
  const work = mkdtempSync(path.join(server.folder, "work-"));
  const env = {
    ...{ ACCI_SITE: "prod", ACCI_RUN: "backup-29000000-xyz", ACCI_JOB: run, ACCI_WORK: work },
    ACCI_STORE: server.mounted(settings),
    ...{ PGHOST: work, PGUSER: "dumper", PGDATABASE: "acci" },
    ...more,
  };
  return {
    store: openStore(settings),
    dump: () => tool("dump", env),
    handover: () => JSON.parse(readFileSync(path.join(work, "dump.json"), "utf8")) as Dumped,
  };
}

test("what an attempt before this one has published is handed over as done, with the lease", async () => {
  const { dump, handover, store } = site();
  const entry = await publishDump(store, 1, { run: "backup-29000000" });
  await publishDump(store, 2, { run: "backup-29000001" });
  const ended = await dump();
  expect(ended.said).toBe(
    `${entry.id} was made, verified and published by an attempt of backup-29000000 before this one; there is nothing to dump\n`,
  );
  expect(ended.code).toBe(0);
  const { token } = (await activeLease(store))!;
  const told = { id: entry.id, ...entry.manifest, class: "scheduled", run: "backup-29000000", published: true };
  expect(handover()).toEqual({ ...told, lease: token });
  expect((await loadCatalogue(store))!.entries).toHaveLength(2);
});

test.each([
  ["a minute", {}, 60],
  ["what it is told", { ACCI_LEASE_SECONDS: "10" }, 10],
])("a run that is silent counts as dead after %s", async (_, env, seconds) => {
  const { dump, store } = site("backup-29000000", env);
  await publishDump(store, 1, { run: "backup-29000000" });
  expect((await dump()).code).toBe(0);
  expect((await activeLease(store))!.ttlSeconds).toBe(seconds);
});

test("what it has published as bad ends this one as it ended that one, and is not tried a third time", async () => {
  const { dump, store } = site();
  const { id } = await publishDump(store, 1, { run: "backup-29000000", status: "bad", reason: "a row is missing" });
  const ended = await dump();
  expect(ended.said).toContain(`dump: ${id}: was made by an attempt of backup-29000000 before this one, is bad`);
  expect(ended.said).toContain("a row is missing");
  expect(ended.code).toBe(EXIT_CODES.verification);
  expect(await activeLease(store)).toBeUndefined();
});

test.each([
  ["another Job", { run: "backup-28999999" }, "backup-29000000"],
  ["a Job of before they were known", {}, "backup-29000000"],
  ["a run that has no name", {}, ""],
])("what was published by %s is another dump", async (_, made, run) => {
  const { dump, store } = site(run);
  await publishDump(store, 1, made);
  await expectsNewDump(dump);
});

test("what was published by a Job of that name at another site is another dump", async () => {
  const { dump, store } = site();
  await publish(store, { site: "dr" }, aDump(1, { run: "backup-29000000" }));
  await activate(store, { site: "prod", from: { site: "dr", epoch: 1 } });
  await expectsNewDump(dump);
});

async function expectsNewDump(dump: () => Promise<Ended>): Promise<void> {
  const ended = await dump();
  expect(ended.said).toMatch(/cannot be used, connect/);
  expect(ended.code).toBe(EXIT_CODES.database);
}
