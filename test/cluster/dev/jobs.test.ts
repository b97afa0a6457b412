import { awaitedJob, TRIES } from "../../../components/recovery/backup-tool.ts";
import { variables } from "../../../components/recovery/settings.ts";
import { kube, kubeJson, until } from "../support/site.ts";

interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: Template } } };
}
interface Template {
  readonly metadata: object;
  readonly spec: PodSpec;
}
interface PodSpec {
  readonly containers: readonly [{ readonly env: readonly object[] } & Record<string, unknown>];
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}
interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly phase: string;
      readonly containerStatuses?: readonly {
        readonly state: { readonly terminated?: { readonly message?: string } };
      }[];
    };
  }[];
}

const made: string[] = [];

interface Asked {
  /** Whether the pod has the labels that the network policies select. @default true */
  readonly connected?: boolean;
  readonly deadlineSeconds?: number;
}

/** Starts a Job as an update awaits it, with everything a recovery gets, for a dump that does not exist. */
async function start(name: string, { connected = true, deadlineSeconds = 300 }: Asked = {}): Promise<void> {
  const { spec } = await kubeJson<CronJob>(["get", "cronjob", "toolbox"]);
  const { metadata, spec: pod } = spec.jobTemplate.spec.template;
  const [container] = pod.containers;
  const env = [...container.env, ...variables({ tries: TRIES, restore: { dump: "nonesuch" } })];
  const containers = [{ ...container, name: "failover", args: ["failover"], env }];
  const template = { metadata: connected ? metadata : {}, spec: { ...pod, containers } };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { ...awaitedJob(deadlineSeconds), template },
  };
  made.push(name);
  await kube(["create", "-f", "-"], JSON.stringify(job));
}

const podsOf = async (job: string) => (await kubeJson<Pods>(["get", "pods", "-l", `job-name=${job}`])).items;

/** Reason of the Job's failure; undefined while it runs. */
async function failureOf(job: string): Promise<string | undefined> {
  const { status } = await kubeJson<{ status: { conditions?: readonly Condition[] } }>(["get", "job", job]);
  return status.conditions?.find(({ status: holds, type }) => type === "Failed" && holds === "True")?.reason;
}

const running = async (job: string) => (await podsOf(job)).filter(({ status }) => status.phase === "Running");

afterAll(() => kube(["delete", "jobs", ...made, "--ignore-not-found", "--wait=true"]));

describe("a Job that an update waits for", () => {
  it("ends at once when it is refused, as the official awaiter knows, with the reason in the status of its pod", async () => {
    await start("refused");
    await until("the end of the Job", 60, async () => (await failureOf("refused")) !== undefined);
    expect(await failureOf("refused")).toBe("BackoffLimitExceeded");
    const [pod, ...others] = await podsOf("refused");
    expect(others).toEqual([]);
    expect(pod!.status.containerStatuses![0]!.state.terminated!.message).toMatch(/^failover: .* must .*, got /m);
  });

  it("tries again while the store is away, and goes on in another pod when its own is deleted", async () => {
    await start("moved", { connected: false });
    const waits = async () => (await kube(["logs", "job/moved"])).includes("try 1 of 7 has failed");
    await until("the first try", 120, waits);
    const [{ metadata }] = (await running("moved")) as [Pods["items"][number]];
    await kube(["delete", "pod", metadata.name, "--wait=true"]);
    await until("another pod", 60, async () => {
      const [pod] = await running("moved");
      return pod !== undefined && pod.metadata.name !== metadata.name;
    });
    expect(await failureOf("moved")).toBeUndefined();
  });

  it("has a deadline, as the official awaiter knows", async () => {
    await start("late", { connected: false, deadlineSeconds: 5 });
    await until("the end of the Job", 90, async () => (await failureOf("late")) !== undefined);
    expect(await failureOf("late")).toBe("DeadlineExceeded");
  });
});
