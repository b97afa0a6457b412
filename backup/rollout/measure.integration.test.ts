import { freePort } from "../../tooling/free-port.ts";
import { until } from "../../tooling/until.ts";
import { RELEASES } from "../contract/rollout.ts";
import { PrometheusServer } from "../testing/prometheus.ts";
import { ScrapedPod } from "../testing/scraped-pod.ts";
import { judge } from "./judge.ts";
import { measure, openPrometheus } from "./measure.ts";

const NAMESPACE = "acci-test";

const [stable, canary] = [new ScrapedPod(), new ScrapedPod()];
let prometheus: PrometheusServer;

beforeAll(async () => {
  stable.ok = 10_000;
  stable.failed = 3;
  prometheus = await PrometheusServer.start(NAMESPACE, { [RELEASES.stable]: stable, [RELEASES.canary]: canary });
  await until(
    "a scrape of the stable release",
    60,
    async () => (await prometheus.requests(RELEASES.stable)) === 10_003,
  );
});
afterAll(async () => {
  await prometheus.stop();
  for (const pod of [stable, canary]) pod.close();
});

const since = (from: Date) => measure(prometheus.query, NAMESPACE, 0.5, from, new Date());

test("a real Prometheus is asked for what either release has answered since a moment, a new status included", async () => {
  const from = new Date();
  stable.ok += 900;
  canary.ok += 90;
  canary.failed += 10;
  canary.slow += 20;
  await until(
    "both counts",
    30,
    async () =>
      (await prometheus.requests(RELEASES.canary)) === 100 && (await prometheus.requests(RELEASES.stable)) === 10_903,
  );
  const measured = await since(from);
  expect(measured).toMatchObject({
    canary: { count: 100, failed: 10, slow: 20 },
    stable: { count: 900, failed: 0, slow: 0 },
    memoryBytes: canary.memory,
  });
  expect(measured.canary.p95).toBeCloseTo(0.875, 3);
  const objectives = { failed: 0.001, slow: 0.01, slowSeconds: 0.5 };
  const limits = { minRequests: 50, objectives, memoryBytes: 256 * 2 ** 20 };
  expect(judge({ measured, troubles: [] }, limits)).toMatchObject({ is: "against", reasons: { length: 2 } });
});

test("a restart of a pod loses nothing that it answered since", async () => {
  const from = new Date();
  canary.ok = 7;
  canary.failed = 0;
  canary.slow = 0;
  await until("the count after the restart", 30, async () => {
    const { canary: counted } = await since(from);
    return counted.count === 7;
  });
});

test("a Prometheus that is not there is told by its address", async () => {
  const away = openPrometheus(`http://127.0.0.1:${await freePort()}`);
  await expect(measure(away, NAMESPACE, 0.5, new Date(), new Date())).rejects.toThrow();
});
