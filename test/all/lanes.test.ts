import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { endAll } from "./command.ts";
import { Run } from "./lanes.ts";
import { LowWeight } from "./low-weight.ts";
import type { Suite } from "./suite.ts";

const scratch = mkdtempSync(path.join(os.tmpdir(), "acci-lanes-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let printed: string;
beforeEach(() => {
  printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const run = () => new Run({ project: scratch, scratch });
const shell = (name: string, script: string, count?: Suite["count"]): Suite => ({
  name,
  command: ["bash", "-c", script],
  count,
});

/** A control group's files as the kernel lays them out, without their function. */
function controlGroup(): { root: string; folder: string } {
  const root = mkdtempSync(path.join(scratch, "cgroup-"));
  const folder = path.join(root, "cpu", "acci-test");
  mkdirSync(folder, { recursive: true });
  for (const file of ["cpu.shares", "cgroup.procs"]) writeFileSync(path.join(folder, file), "");
  return { root, folder };
}

describe("a lane", () => {
  it("goes on after a failure, and counts one that ran nothing or ended badly as failed", async () => {
    const all = run();
    await all.lane([
      shell("fails", "exit 3"),
      shell("passes", "true"),
      shell("counts nothing", "true", () => ({ passed: 0, failed: 0 })),
      shell("ends badly", "exit 1", () => ({ passed: 5, failed: 0 })),
      shell("cannot be counted", "true", () => {
        throw new Error("no report");
      }),
      { name: "is no command", command: ["/nowhere/at-all"] },
    ]);
    expect(all.results.map(({ name, passed, failed }) => [name, passed, failed])).toEqual([
      ["fails", 0, 1],
      ["passes", 1, 0],
      ["counts nothing", 0, 1],
      ["ends badly", 5, 1],
      ["cannot be counted", 0, 1],
      ["is no command", 0, 1],
    ]);
  });

  it("shows what is printed as it comes; one beside it shows it whole at the end", async () => {
    const all = run();
    const gate = path.join(scratch, "gate");
    await Promise.all([
      all.lane([shell("front", `echo one; until [ -e ${gate} ]; do sleep 0.05; done; echo two`)]),
      all.lane(
        [shell("beside", `echo three; touch ${gate}.half; sleep 0.1; echo four; sleep 0.1; touch ${gate}`)],
        new LowWeight("acci-test", path.join(scratch, "no-groups")),
      ),
    ]);
    expect(printed).toMatch(/^\n=== front\none\n/);
    expect(printed).toContain("\n=== beside\nthree\nfour\n");
  });

  it("at low weight is in a control group, where there is one", async () => {
    const { root, folder } = controlGroup();
    await run().lane([shell("weighed", "echo $$")], new LowWeight("acci-test", root));
    expect(readFileSync(path.join(folder, "cpu.shares"), "utf8")).toBe("512");
    const [, pid] = /=== weighed\n(\d+)\n/.exec(printed)!;
    expect(readFileSync(path.join(folder, "cgroup.procs"), "utf8").trim()).toBe(pid);
  });

  it("at low weight has a low priority, where there is no control group", async () => {
    await run().lane([shell("nice", "nice")], new LowWeight("acci-test", path.join(scratch, "no-groups")));
    expect(printed).toContain("=== nice\n6\n");
  });
});

it("a run that is interrupted ends what its suites have started, and starts nothing more", async () => {
  const all = run();
  const pids = path.join(scratch, "pids");
  const never = path.join(scratch, "never");
  void all.lane([shell("waits", `sleep 600 & echo $! > ${pids}; wait`), shell("never", `touch ${never}`)]);
  while (!existsSync(pids) || readFileSync(pids, "utf8") === "") await new Promise((next) => setTimeout(next, 20));
  const sleeper = Number(readFileSync(pids, "utf8"));
  await endAll(1);
  // A process that was killed stays a zombie for a moment, until its parent reaps it.
  const ended = () =>
    !existsSync(`/proc/${sleeper}/stat`) || / [ZX] /.test(readFileSync(`/proc/${sleeper}/stat`, "utf8"));
  while (!ended()) await new Promise((next) => setTimeout(next, 20));
  expect(all.results).toEqual([]);
  expect(existsSync(never)).toBe(false);
});
