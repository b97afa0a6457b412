import { diagnose, type Evidence, type Finding, redact, report } from "./pods.ts";
import * as pods from "./testing/pods.ts";

const failure = "release acci-framework: did not become ready and was rolled back";

test.each([
  ["a crashing migration", pods.crashingMigration, "init container migrate: CrashLoopBackOff, exit code 1, 4 restarts"],
  [
    "an image nobody has",
    pods.missingImage,
    'init container migrate: ImagePullBackOff, Back-off pulling image "ghcr.io/x:1"',
  ],
  ["a container over its memory", pods.outOfMemory, "container acci: exit code 137 (OOMKilled), 1 restart"],
  ["a probe that never succeeds", pods.unready, "container acci: running but not ready"],
  ["a full node", pods.unscheduled, "not scheduled: 0/1 nodes are available: 1 Insufficient cpu."],
  ["a healthy pod", pods.healthy, undefined],
  ["a pod whose migration still runs", pods.starting, undefined],
])("%s", (_, pod, reason) => expect(diagnose(pod)?.reason).toBe(reason));

test("the log worth reading is that of the run that died", () => {
  expect(diagnose(pods.crashingMigration)?.previous).toBe(true);
  expect(diagnose(pods.unready)?.previous).toBe(false);
});

const crash = diagnose(pods.crashingMigration)!;
const evidence = (over: Partial<Evidence>): Evidence => ({
  findings: [crash],
  events: [],
  logs: new Map(),
  secrets: [],
  ...over,
});

test("says which pod, which container, why, and shows events and log", () => {
  const message = report(
    failure,
    evidence({
      events: [
        pods.warning(crash.pod, "BackOff", "Back-off restarting failed container"),
        pods.warning("another", "BackOff", "not ours"),
        { involvedObject: { name: crash.pod }, type: "Normal", reason: "Pulled", message: "not a warning" },
      ],
      logs: new Map([[`${crash.pod}/migrate`, 'connecting\nerror: role "acci_app" does not exist\n']]),
    }),
  );
  expect(message).toBe(
    [
      "release acci-framework: did not become ready and was rolled back",
      `  pod ${crash.pod}, init container migrate: CrashLoopBackOff, exit code 1, 4 restarts`,
      "    event BackOff: Back-off restarting failed container",
      "    log connecting",
      '    log error: role "acci_app" does not exist',
    ].join("\n"),
  );
});

test("pods that fail alike are told once", () => {
  const twin: Finding = {
    ...crash,
    pod: "acci-framework-6d8f-twin",
    reason: crash.reason.replace("4 restarts", "5 restarts"),
  };
  expect(report(failure, evidence({ findings: [crash, twin] }))?.match(/pod /g)).toHaveLength(1);
});

test("a pod on its way out is none of this release", () => {
  const leaving = { ...pods.crashingMigration, metadata: { name: "old", deletionTimestamp: "now" } };
  expect(diagnose(leaving)).toBeUndefined();
});

test("cuts what would bury the rest", () => {
  const message = report(
    "r",
    evidence({ events: [pods.warning(crash.pod, "Failed", `${"x".repeat(1000)} not found`)] }),
  )!;
  expect(Math.max(...message.split("\n").map((line) => line.length))).toBeLessThan(310);
  expect(message).toContain("not found");
});

test("without a pod it shows what kept one from being made", () => {
  const quota = pods.warning("acci-framework-6d8f", "FailedCreate", "exceeded quota");
  expect(report(failure, evidence({ findings: [], events: [quota, quota] }))).toBe(
    "release acci-framework: did not become ready and was rolled back\n  event FailedCreate: exceeded quota",
  );
});

test("has nothing to say of nothing", () => expect(report(failure, evidence({ findings: [] }))).toBeUndefined());

test("masks secrets, known or in a URL", () => {
  expect(redact("cannot reach postgres://acci:s3cret@db:5432/acci with hunter2", ["hunter2", ""])).toBe(
    "cannot reach postgres://acci:[secret]@db:5432/acci with [secret]",
  );
});
