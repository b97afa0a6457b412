import type { Drill } from "../../../backup/drill/record.ts";
import { catalogueOf, podsOf } from "../support/dumps.ts";
import { fenceInstances } from "../support/failover.ts";
import { Load } from "../support/load.ts";
import { prod, upProd } from "../support/production.ts";
import { promoteDev } from "../support/promotion.ts";
import { command, until } from "../support/site.ts";
import { addShop, addUnrestorable, dropUnrestorable } from "../support/traps.ts";
import { Writers } from "../support/writers.ts";
import { EXIT_CODES } from "../../../backup/contract/exit-codes.ts";

const { kube, sql } = prod;
const backup = () => command("backup-create", "STACK=prod");
const entries = async () => (await catalogueOf("prod"))?.entries ?? [];

/** Share of the usual load: about the share of its usual limits that the site has. */
const SHARE = 0.2;

/** Few writers that write all the time, so that the processors are left to the dumps. */
const WRITERS = 3;

/** Sessions that asking the primary for its replicas takes. */
const ASKED = 2;

/** The instances that were dumped from since then. By its log, such an instance had more sessions than asking for the replicas takes. */
async function dumpedFrom(since: string): Promise<string[]> {
  const names = ["get", "pods", "-l", "cnpg.io/podRole=instance", "-o", "jsonpath={.items[*].metadata.name}"];
  const pods = (await kube(names)).split(" ");
  const logs = await Promise.all(pods.map((pod) => kube(["logs", pod, "-c", "postgres", `--since-time=${since}`])));
  const sessions = /connection authorized: user=acci_backup database=acci/g;
  return pods.filter((_, i) => (logs[i]!.match(sessions) ?? []).length > ASKED);
}

/** Makes a dump; returns the instance that it read. */
async function proveOne(): Promise<string> {
  const since = new Date().toISOString();
  const shown = await backup();
  expect(shown).toMatch(/was restored and compared, and is the latest/);
  expect(await podsOf(prod, shown)).toHaveLength(1);
  const [, read] = /^reading (?:replica )?(.+)$/m.exec(shown)!;
  expect(await dumpedFrom(since)).toEqual([read]);
  return read!;
}

describe("prod, with a second application and under write load", () => {
  beforeAll(async () => {
    await promoteDev();
    await upProd();
    await addShop(prod);
  });

  it("is not dumped while it holds what no recovery could bring back, which is said by name, once", async () => {
    const before = await entries();
    await addUnrestorable(prod);
    const said = await backup()
      .then(
        () => "nothing",
        (error: unknown) => (error as Error).message,
      )
      .finally(() => dropUnrestorable(prod));
    expect(said).toMatch(/event trigger shop_told, of postgres/i);
    const pods = await podsOf(prod, said);
    expect(pods.map(({ exitCodes }) => exitCodes["dump"])).toEqual([EXIT_CODES.unrestorable]);
    expect(await entries()).toEqual(before);
  });

  it("is dumped five times in a row, each time in one pod and from one server, once with the other replica gone", async () => {
    const before = await entries();
    const load = await Load.start(prod, SHARE);
    const writers = new Writers(prod, WRITERS);
    await until("writes", 60, () => Promise.resolve(writers.count > 100));
    const read: string[] = [];
    const dumped = (async () => {
      for (const n of [1, 2, 3, 4, 5]) {
        if (n === 3) await fenceInstances(prod, [read.at(-1)!]);
        read.push(await proveOne());
        if (n === 3) await fenceInstances(prod, []);
      }
    })();
    const failure = await dumped.then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    const { acknowledged, problems, refused } = await writers.stop();
    const { failed, requests } = await load.stop();
    process.stdout.write(
      `five dumps read ${read.join(", ")}: ${acknowledged.length} writes acknowledged, ${refused} not; of ${requests} other requests ${failed} failed\n`,
    );
    if (failure) throw failure;
    const kept = new Set(await sql("SELECT id FROM notes WHERE title = 'promised'"));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    // On a machine this small a write may time out, but must not fail as if the service itself had failed.
    expect(problems.filter((problem) => /got 500/.test(problem))).toEqual([]);
    expect(read[2]).not.toBe(read[1]);
    const after = await entries();
    expect(after.slice(0, before.length)).toEqual(before);
    const made = after.slice(before.length);
    expect(made.map(({ status }) => status)).toEqual(read.map(() => "verified"));
    const rows = made.map((entry) => entry.rows);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  });

  // Also when a dump of a fenced cluster failed.
  afterAll(() => fenceInstances(prod, []));

  it("comes back in a drill, and serves", async () => {
    expect(await command("drill-run", "STACK=prod")).toMatch(
      /the drill went well: \d+ rows of acci-prod-\S+ served after [\d.]+ s/,
    );
    const drills = JSON.parse(await command("drill-list", "STACK=prod", "ARGS=--json")) as Drill[];
    expect(drills.at(-1)).toMatchObject({ exitCode: 0, dump: (await entries()).at(-1)!.id });
    process.stdout.write(`drill of prod: ${JSON.stringify(drills.at(-1))}\n`);
  });
});
