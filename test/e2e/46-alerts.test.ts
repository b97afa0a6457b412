import { Prometheus } from "./prometheus.ts";
import { dev, until } from "./site.ts";

const prometheus = new Prometheus(dev);

beforeAll(() => prometheus.start());
afterAll(() => prometheus.stop());

describe("a Prometheus that does as the stack's monitors and rules say", () => {
  it("may scrape all that has metrics", async () => {
    await until("every target scraped", 60, async () =>
      (await prometheus.targets()).every(({ health }) => health === "up"),
    );
    expect((await prometheus.targets()).map(({ labels }) => labels.job).sort()).toEqual(["acci-framework", "watch"]);
  });

  it("can judge by every rule", async () => {
    await until("every rule judged", 60, async () =>
      (await prometheus.rules()).every(({ health }) => health !== "unknown"),
    );
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
  });

  it("notices that the watch over the dumps is gone, and that it is back", async () => {
    await prometheus.alert("AcciBackupMetricsAbsent", "inactive");
    const scale = (replicas: number) => dev.kube(["scale", "deployment/watch", `--replicas=${replicas}`]);
    await scale(0);
    try {
      await prometheus.alert("AcciBackupMetricsAbsent", "pending", "firing");
    } finally {
      await scale(1);
    }
    await prometheus.alert("AcciBackupMetricsAbsent", "inactive");
    await dev.kube(["rollout", "status", "deployment/watch", "--timeout=60s"]);
  });
});
