import { loadCatalogue } from "../catalogue/document.ts";
import { withLease } from "../catalogue/lease.ts";
import { activate } from "../catalogue/activation.ts";
import { readLastCopy } from "../last-run.ts";
import type { StoreSettings } from "../store/settings.ts";
import { openStore } from "../store/store.ts";
import { publishDump } from "../testing/dumps.ts";
import { TestStore } from "../testing/store.ts";
import { tool } from "../testing/tool.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
let away: TestStore;
beforeAll(async () => {
  [server, away] = await Promise.all([TestStore.start(), TestStore.start()]);
});
afterAll(() => Promise.all([server.stop(), away.stop()]));

const keep = { hourly: 0, daily: 3, weekly: 0, monthly: 0, yearly: 0 };
const days = ["2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z", "2026-01-03T02:00:00Z"];

/** Two stores, a dump of each day in the first, and the steps of a run. */
async function site(changed: Partial<StoreSettings> = {}, env: NodeJS.ProcessEnv = {}) {
  const [settings, others] = [server.settings(), away.settings(changed)];
  const [store, second] = [openStore(settings), openStore(others)];
  for (const [index, snapshotAt] of days.entries()) await publishDump(store, index + 1, { snapshotAt });
  const base = { ACCI_SITE: "prod", ACCI_RUN: "offsite-1", ACCI_KEEP: JSON.stringify(keep) };
  const [first, other] = [server.mounted(settings), away.mounted(others)];
  return {
    store,
    second,
    copy: () => tool("copy", { ...base, ACCI_STORE: first, ACCI_SECOND_STORE: other, ...env }),
    prune: () => tool("prune", { ...base, ACCI_STORE: other }),
  };
}

const idsIn = async (store: Awaited<ReturnType<typeof site>>["store"]) =>
  (await loadCatalogue(store))?.entries.map(({ id }) => id);

test("a copy brings what is missing, tells what the second store has, and prunes that by its own rules", async () => {
  const { copy, prune, second, store } = await site();
  const first = await copy();
  expect(first.code).toBe(0);
  expect(first.said).toMatch(
    /copied 3 of 3 dumps, .*\n(copied prod-\S+, \d+ B\n){3}copied 3 dumps, .* to s3:\/\/acci\//,
  );
  expect(await readLastCopy(store, "prod")).toMatchObject({ exitCode: 0, held: { verified: 3, snapshotAt: days[2] } });
  expect(await idsIn(second)).toEqual(await idsIn(store));
  expect((await copy()).said).toMatch(/^copied 0 dumps, 0 B, to /m);

  await publishDump(store, 4, { snapshotAt: "2026-01-04T02:00:00Z" });
  expect((await copy()).said).toMatch(/^copied 1 dumps/m);
  expect((await prune()).said).toMatch(/removed 1 dumps and 0 leftovers/);
  expect(await idsIn(second)).toEqual((await idsIn(store))!.slice(1));
  expect((await copy()).said).toMatch(/^copied 0 dumps/m);
});

test("a second store that is away fails the copy alone, and what it was known to have is still told", async () => {
  const { copy, store } = await site();
  await copy();
  await publishDump(store, 4, { snapshotAt: "2026-01-04T02:00:00Z" });
  const before = await loadCatalogue(store);
  await away.down();
  const { code, said } = await copy();
  await away.up();
  expect(code).toBe(EXIT_CODES.store);
  expect(said).toMatch(/copy: s3:\/\/acci\/\S+ at http:\/\/127\.0\.0\.1:\d+: cannot be reached/);
  expect(await readLastCopy(store, "prod")).toMatchObject({
    exitCode: EXIT_CODES.store,
    held: { verified: 3, snapshotAt: days[2] },
  });
  expect(await loadCatalogue(store)).toEqual(before);
});

test("a damaged dump is named and the others are copied", async () => {
  const { copy, second, store } = await site();
  const [, damaged] = (await idsIn(store))!;
  await store.write(`dumps/${damaged}/tables/1`, "nothing of the kind");
  const { code, said } = await copy();
  expect(code).toBe(EXIT_CODES.verification);
  expect(said).toContain(`dumps/${damaged}/tables/1: must have`);
  expect(await idsIn(second)).toEqual((await idsIn(store))!.filter((id) => id !== damaged));
  expect(await readLastCopy(store, "prod")).toMatchObject({
    exitCode: EXIT_CODES.verification,
    held: { verified: 2, snapshotAt: days[2] },
  });
});

test("two at once: one copies, the other says so", async () => {
  const { copy, second } = await site();
  await withLease(second, { name: "offsite-0" }, {}, async () => {
    expect(await copy()).toMatchObject({
      code: EXIT_CODES.lease,
      said: expect.stringContaining("offsite-0 is at work") as string,
    });
  });
  expect(await copy()).toMatchObject({ code: 0 });
});

test("a site that was replaced copies no more", async () => {
  const { copy, second, store } = await site();
  await activate(store, { site: "dr", from: { site: "prod", epoch: 1 } });
  expect(await copy()).toMatchObject({
    code: EXIT_CODES.fenced,
    said: expect.stringContaining("prod may not copy") as string,
  });
  expect(await loadCatalogue(second)).toBeUndefined();
});

test("what is copied is locked for so many days where that is asked for, and where it cannot be, that is said", async () => {
  const bucket = await away.lockableBucket("locked");
  const lock = { ACCI_LOCK_DAYS: "30", ACCI_LOCK_MODE: "compliance" };
  const { copy, store } = await site(bucket, lock);
  expect((await copy()).said).toMatch(/^copied 3 dumps/m);
  const refused = await away.removeVersions("locked");
  const objects = 3 * (await idsIn(store))!.length;
  expect(refused.filter((line) => /dumps\/.*: AccessDenied$/.test(line))).toHaveLength(objects);

  const without = await site({}, lock);
  expect(await without.copy()).toMatchObject({
    code: EXIT_CODES.store,
    said: expect.stringContaining("its bucket cannot lock objects") as string,
  });
});
