import { Prometheus } from "./prometheus.ts";
import { dev, until } from "./site.ts";

const prometheus = new Prometheus(dev);

beforeAll(() => prometheus.start());
afterAll(() => prometheus.stop());

const podsOf = async (name: string) => {
  const selector = `app.kubernetes.io/name=${name}`;
  return (await dev.kube(["get", "pods", "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
};

describe("a Prometheus that does as the stack's monitors and rules say", () => {
  it("may scrape every pod there is something to learn from", async () => {
    const wanted = [...(await podsOf("acci-framework")), ...(await podsOf("watch"))].sort();
    await until("every pod scraped", 60, async () =>
      (await prometheus.targets()).every(({ health }) => health === "up"),
    );
    expect((await prometheus.targets()).map(({ labels }) => labels.pod).sort()).toEqual(wanted);
  });

  it("raises no alert over a site that is well", async () => {
    await until("every rule judged", 60, async () =>
      (await prometheus.rules()).every(({ health }) => health !== "unknown"),
    );
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(rules.filter(({ state }) => state !== "inactive")).toEqual([]);
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
