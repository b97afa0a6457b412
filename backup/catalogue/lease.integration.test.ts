import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestStore } from "../testing/store.ts";
import { activeLease, LEASE, withLease } from "./lease.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const open = () => openStore(server.settings());
const dump = { name: "prod, pod backup-1", dump: "prod-20260131t020000z-000001" };
const busy = {
  exitCode: EXIT_CODES.lease,
  message: expect.stringMatching(/prod, pod backup-1 is at work since 2.* was heard of \d+ s ago/) as string,
};

const until = (signal: AbortSignal) => once(signal, "abort").then(() => Promise.reject(signal.reason as Error));

/** A holder that was killed: nothing renews or releases what it wrote. */
const die = (store: Store, ttlSeconds: number) =>
  store.write(
    LEASE,
    JSON.stringify({ holder: dump.name, token: "t", since: "2026-01-31T02:00:00Z", ttlSeconds, released: false }),
  );

test("two at once: one works, the other is told who and since when", async () => {
  const store = open();
  const work = withLease(store, dump, {}, async () => {
    await expect(withLease(store, { name: "second" }, {}, () => Promise.resolve())).rejects.toMatchObject(busy);
    expect(await activeLease(store)).toMatchObject({ holder: dump.name, dump: dump.dump });
    return "done";
  });
  expect(await work).toBe("done");
  expect(await activeLease(store)).toBeUndefined();
});

test("of many at once never two work, and one after the other all do", async () => {
  const settings = server.settings();
  let working = 0;
  let worked = 0;
  const work = async () => {
    expect(++working).toBe(1);
    await sleep(20);
    working--;
    worked++;
  };
  const run = () => withLease(openStore(settings), dump, {}, work);
  const results = await Promise.allSettled(Array.from({ length: 8 }, run));
  const refused = results.filter((result) => result.status === "rejected").map(({ reason }) => reason as Error);
  for (const reason of refused) expect(reason).toMatchObject(busy);
  expect(worked).toBeGreaterThanOrEqual(1);
  expect(worked + refused.length).toBe(8);
  for (let index = 0; index < 3; index++) await run();
});

test("a failure of the work is its own, and gives the lease back", async () => {
  const store = open();
  const failed = withLease(store, dump, {}, () => Promise.reject(new Error("the database went away")));
  await expect(failed).rejects.toThrow("the database went away");
  expect(await activeLease(store)).toBeUndefined();
});

test("it is renewed for as long as the work takes", async () => {
  const store = open();
  await withLease(store, dump, { ttl: 4000, renewEvery: 300 }, async (signal) => {
    await sleep(6000);
    expect(signal.aborted).toBe(false);
    await expect(withLease(store, dump, {}, () => Promise.resolve())).rejects.toMatchObject(busy);
  });
});

test("a dead holder's lease runs out by the store's clock", async () => {
  const settings = server.settings();
  const store = openStore(settings);
  await die(store, 2);
  await expect(withLease(store, dump, {}, () => Promise.resolve())).rejects.toMatchObject(busy);
  // Its own clock does not matter, not even one that is a year ahead.
  jest.spyOn(Date, "now").mockReturnValue(Date.now() + 365 * 86_400_000);
  const ahead = openStore(settings);
  await expect(withLease(ahead, dump, {}, () => Promise.resolve())).rejects.toMatchObject(busy);
  jest.restoreAllMocks();

  while (await activeLease(store)) await sleep(100);
  expect(await withLease(store, dump, {}, () => Promise.resolve("mine"))).toBe("mine");
});

describe("a run of two steps", () => {
  const idle = () => Promise.resolve();
  /** The first step; answers what it tells the second. */
  const begin = (store: Store, ttl = 60_000) =>
    withLease(store, dump, { leave: true, ttl }, (_, token) => Promise.resolve(token));
  const superseded = (by: string) => ({
    exitCode: EXIT_CODES.lease,
    message: expect.stringMatching(
      `lease.json must be of the step before, got ${by}.*; another run came between`,
    ) as string,
  });

  test("has one lease, and nobody gets in between", async () => {
    const store = open();
    const token = await begin(store);
    await expect(withLease(store, { name: "second" }, {}, idle)).rejects.toMatchObject(busy);
    const { since } = (await activeLease(store))!;
    await withLease(store, dump, { adopt: token }, async () => {
      expect(await activeLease(store)).toMatchObject({ token, since, dump: dump.dump });
      await expect(withLease(store, { name: "second" }, {}, idle)).rejects.toMatchObject(busy);
    });
    expect(await activeLease(store)).toBeUndefined();
    await withLease(store, { name: "second" }, {}, idle);
  });

  test("gives it back when its first step fails", async () => {
    const store = open();
    const failed = withLease(store, dump, { leave: true }, () => Promise.reject(new Error("the database went away")));
    await expect(failed).rejects.toThrow("the database went away");
    expect(await activeLease(store)).toBeUndefined();
  });

  test("goes on with a lease that ran out when nobody else had one", async () => {
    const store = open();
    const token = await begin(store, 500);
    while (await activeLease(store)) await sleep(100);
    expect(await withLease(store, dump, { adopt: token }, () => activeLease(store))).toMatchObject({ token });
  });

  test("ends when another is at work by then", async () => {
    const store = open();
    const token = await begin(store, 500);
    while (await activeLease(store)) await sleep(100);
    await withLease(store, { name: "second" }, {}, async () => {
      await expect(withLease(store, dump, { adopt: token }, idle)).rejects.toMatchObject({
        exitCode: EXIT_CODES.lease,
        message: expect.stringContaining("second is at work since") as string,
      });
    });
  });

  test("ends when another was at work, whose dump may be newer", async () => {
    const store = open();
    const token = await begin(store, 500);
    while (await activeLease(store)) await sleep(100);
    await withLease(store, { name: "second" }, {}, idle);
    const work = jest.fn(idle);
    await expect(withLease(store, dump, { adopt: token }, work)).rejects.toMatchObject(
      superseded("that of second since 2"),
    );
    await store.remove([LEASE]);
    await expect(withLease(store, dump, { adopt: token }, work)).rejects.toMatchObject(superseded("none"));
    expect(work).not.toHaveBeenCalled();
  });
});

test("the work is stopped when another took the lease", async () => {
  const store = open();
  const work = withLease(store, { name: "slow" }, { ttl: 5000, renewEvery: 50 }, async (signal) => {
    await die(store, 60);
    return until(signal);
  });
  await expect(work).rejects.toMatchObject(busy);
  expect(await activeLease(store)).toMatchObject({ holder: dump.name });
});

test("the work is stopped when the store is gone for longer than the lease", async () => {
  const store = open();
  const started = performance.now();
  const work = withLease(store, dump, { ttl: 1500, renewEvery: 100 }, async (signal) => {
    await server.down();
    return until(signal);
  });
  await expect(work).rejects.toMatchObject({
    exitCode: EXIT_CODES.lease,
    message: expect.stringContaining("could not be renewed") as string,
  });
  expect(performance.now() - started).toBeLessThan(30_000);
  await server.up();
});

test("a store that lacks what a run needs is refused before the work", async () => {
  const store = open();
  jest.spyOn(store, "requireCapable").mockRejectedValue(new BackupError("refused", "ignores If-Match"));
  const work = jest.fn();
  await expect(withLease(store, dump, {}, work)).rejects.toThrow("ignores If-Match");
  expect(work).not.toHaveBeenCalled();
  expect(await store.read(LEASE)).toBeUndefined();
});

test("a lease that nobody can read stops everyone, with a cure", async () => {
  const store = open();
  await store.write(LEASE, "{}");
  await expect(withLease(store, dump, {}, () => Promise.resolve())).rejects.toThrow(
    "when no run is at work, remove it",
  );
});
