import { Prometheus } from "../support/prometheus.ts";
import { dev, until } from "../support/site.ts";

const prometheus = new Prometheus(dev);

beforeAll(() => prometheus.start());
afterAll(() => prometheus.stop());

describe("a Prometheus that does as the stack's monitors and rules say", () => {
  it("may scrape all that has metrics", async () => {
    await until("both jobs scraped, and no other", 60, async () => {
      const targets = await prometheus.targets();
      const up = targets.filter(({ health }) => health === "up").map(({ labels }) => labels.job);
      return targets.length === 2 && ["acci-framework", "backup-agent"].every((job) => up.includes(job));
    });
  });

  it("can judge by every rule", async () => {
    await until("every rule judged well", 60, async () => {
      const rules = await prometheus.rules();
      return rules.length > 0 && rules.every(({ health }) => health === "ok");
    });
  });

  it("notices that the backup agent is gone, and that it is back", async () => {
    await prometheus.alert("AcciBackupMetricsAbsent", "inactive");
    const scale = (replicas: number) => dev.kube(["scale", "deployment/backup-agent", `--replicas=${replicas}`]);
    await scale(0);
    try {
      await prometheus.alert("AcciBackupMetricsAbsent", "pending", "firing");
    } finally {
      await scale(1);
    }
    await prometheus.alert("AcciBackupMetricsAbsent", "inactive");
    await dev.kube(["rollout", "status", "deployment/backup-agent", "--timeout=60s"]);
  });
});
