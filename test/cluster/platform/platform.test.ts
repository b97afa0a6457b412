import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { isRunning, kubectl, serviceStatus } from "../../../local/cluster/cluster.ts";
import { inState } from "../../../local/lib/paths.ts";
import { project } from "../../../tooling/paths.ts";
import { run } from "../../../tooling/run.ts";
import { ask, make, until, writeNote, readNote } from "../support/site.ts";

const platform = (command: string) => run(process.execPath, [path.join(project, "local/platform.ts"), command]);
/** Whether a process is in a network namespace other than the machine's. All processes of the platform are, whatever their names. */
function elsewhere(pid: string): boolean {
  const network = (of: string) => readlinkSync(`/proc/${of}/ns/net`);
  try {
    return network(pid) !== network("self");
  } catch {
    return false; // it ended meanwhile
  }
}

/** Everything that the platform could leave on the machine. */
function traces() {
  const lines = (command: string, args: string[]) => execFileSync(command, args).toString().trim().split("\n");
  return {
    processes: readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && elsewhere(pid)),
    mounts: lines("cat", ["/proc/mounts"]).filter((line) => /acci|kubelet|netns|containerd/.test(line)),
    interfaces: lines("ip", ["-br", "link"])
      .map((line) => line.split(/\s+/)[0])
      .filter((name) => /^(acci|veth|cni)/.test(name!)),
    rules: lines("iptables-save", []).filter((line) => /KUBE|CNI|acci/i.test(line)),
    cgroups: readdirSync("/sys/fs/cgroup").filter((name) => existsSync(path.join("/sys/fs/cgroup", name, "acci"))),
    overcommit: readFileSync("/proc/sys/vm/overcommit_memory", "utf8"),
  };
}

const serves = () =>
  ask("/health").then(
    ({ status }) => status === 200,
    () => false,
  );

/** Starts the platform again when a failed test has left it stopped or half started, so that later tests and files find it running. */
afterEach(async () => {
  if (!isRunning() || !(await serves())) await make("up");
});

describe("the embedded platform", () => {
  it("is not changed by a second make up", async () => {
    const { id } = await writeNote("kept by the platform");
    const before = await kubectl(["get", "pods", "-A", "-o", "jsonpath={.items[*].metadata.uid}"]);
    await make("up");
    expect((await kubectl(["get", "pods", "-A", "-o", "jsonpath={.items[*].metadata.uid}"])).split(" ").sort()).toEqual(
      before.split(" ").sort(),
    );
    expect((await readNote(id)).status).toBe(200);
    expect(serviceStatus().filter(({ running }) => !running)).toEqual([]);
  });

  it("stops without a process, mount, interface, rule or setting left, and starts again with its data", async () => {
    const { id } = await writeNote("over a stop");
    await make("down");
    expect(isRunning()).toBe(false);
    expect(traces()).toEqual({
      processes: [],
      mounts: [],
      interfaces: [],
      rules: [],
      cgroups: [],
      overcommit: expect.any(String),
    });
    await make("down");
    await make("up");
    await until("the note", 180, async () => (await readNote(id)).status === 200);
  });

  it("recovers from a power cut and a killed make up, and is not changed by two at once", async () => {
    const { id } = await writeNote("over a power cut");
    const { pid } = JSON.parse(readFileSync(inState("namespace.json"), "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    await until("the end", 30, async () => !isRunning());

    const first = spawn(process.execPath, [path.join(project, "local/platform.ts"), "start"], { stdio: "ignore" });
    await until("the first to be at work", 30, async () => isRunning());
    await expect(platform("start")).rejects.toThrow(/another `make up`/);
    first.kill("SIGKILL");

    await make("up");
    await until("the note", 180, async () => (await readNote(id)).status === 200);
    expect((await ask("/health")).status).toBe(200);
  });

  it("says what is there", async () => {
    const said = await platform("status");
    expect(said).toMatch(/apiserver\s+running/);
    expect(said).toMatch(/acci-dev\s+postgres-1\s+1\/1\s+Running/);
  });
});
