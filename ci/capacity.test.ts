import { capacity } from "./capacity-table.ts";
import { capacityOf, costOf, pricesOf } from "./capacity.ts";
import { goldenNow } from "./golden.ts";

const at = { pods: 10, cpu: 2, memory: 4, storage: 20 };
const prices = { cpu: 10, memory: 2, storage: 0.1, currency: "EUR" };

test("a stack asks for its quota at most, and has the volumes of its database and cache", () => {
  const golden = goldenNow("prod");
  const quota = golden.find(({ id }) => id === "kubernetes:core/v1:ResourceQuota namespace-quota")!;
  const { hard } = quota.inputs["spec"] as { hard: Record<string, string> };
  // Three instances with 50 GiB, and 2 GiB of the cache.
  expect(capacityOf(golden)).toEqual({
    pods: Number(hard["pods"]),
    cpu: Number.parseInt(hard["requests.cpu"]!) / 1000,
    memory: Number.parseInt(hard["requests.memory"]!) / 1024,
    storage: 3 * 50 + 2,
  });
});

test("a stack that does not exist asks for nothing", () => expect(capacityOf([])).toBeUndefined());

test("what changes is in the table, and only that", () => {
  expect(capacity({ before: at, after: at, prices })).toBe("");
  expect(capacity(undefined)).toBe("");
  expect(capacity({ before: at, after: { ...at, pods: 12, cpu: 1.5 } })).toBe(
    "| at most | before | after | |\n| --- | --- | --- | --- |\n| pods | 10 | 12 | +2 |\n| CPU requested, cores | 2 | 1.5 | -0.5 |",
  );
});

test("with prices it tells the cost of a month", () => {
  expect(costOf(at, prices)).toBe(30);
  expect(capacity({ before: at, after: { ...at, memory: 6.25 }, prices })).toContain(
    "| EUR a month | 30 | 34.5 | +4.5 |",
  );
  expect(capacity({ after: at, prices })).toContain("| EUR a month | 0 | 30 | +30 |");
});

test("prices are read", () => {
  expect(pricesOf("cpu=10, memory=2,storage=0.1,currency=EUR")).toEqual(prices);
  expect(pricesOf(undefined)).toBeUndefined();
});

test.each([
  "cpu=10",
  "cpu=10,memory=2,storage=,currency=EUR",
  "cpu=10,memory=2,storage=-1,currency=EUR",
  "cpu=ten,memory=2,storage=1,currency=EUR",
  "cpu=10,memory=2,storage=1,currency=EUR,disk=1",
])("prices that cannot be used are refused: %s", (text) =>
  expect(() => pricesOf(text)).toThrow(
    `ACCI_PRICES: must have a price of cpu, memory and storage, and a currency, got ${text};`,
  ),
);
