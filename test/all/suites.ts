import os from "node:os";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { cargo } from "./cargo.ts";
import { jest } from "./jest.ts";
import { pathsOf } from "../cluster/order.ts";
import type { Suite } from "./suite.ts";

/** Jest leaves one processor free, of two; but servers and tools are what tests wait for. */
const WORKERS = `--maxWorkers=${Math.max(2, os.availableParallelism() - 1)}`;
/** Beside the cluster's tests, what takes a second may take a while. */
const PATIENCE = "--testTimeout=120000";
/** Its builds and those of the cluster's tests take turns: it comes after the first of theirs, whose layers it finds, and before the rest. */
const IMAGE = "local/pulumi/docker-build/application";

export interface Suites {
  /** What runs on the source alone. */
  readonly source: readonly Suite[];
  /** Makes what the others need: the tools, and the cluster up to its operators. */
  readonly preparation: readonly Suite[];
  /** What needs tools but no cluster. */
  readonly tools: readonly Suite[];
  readonly cluster: readonly Suite[];
  /** Measures the site under load; then stops the platform, and looks for what it leaves. Nothing else may run. */
  readonly alone: readonly Suite[];
}

const npm = (name: string, script: string): Suite => ({ name, command: ["npm", "run", "--silent", script] });

/** `prepared` says that the suite `cluster` runs as well, whose setup serves for both. */
export function suitesOf(at: { project: string; scratch: string }, prepared: boolean): Suites {
  const platform = path.join(at.project, "local/platform.ts");
  const integration = ["--config=jest.integration.config.js", "--verbose"];
  const cluster = ["--config=jest.cluster.config.js", "--verbose", "--runTestsByPath"];
  const env = prepared ? { ACCI_TEST_PREPARED: "1" } : {};
  return {
    source: [
      npm("format", "format:check"),
      npm("lint", "lint"),
      npm("spelling", "spell"),
      npm("types", "types"),
      { name: "dead-code", command: ["npx", "knip"] },
    ],
    preparation: [
      { name: "platform", command: [process.execPath, platform, "start-for-tests"] },
      { name: "packages", command: [process.execPath, platform, "test-packages"] },
    ],
    tools: [
      { name: "shell", command: ["shellcheck", "local/bootstrap.sh", "app/test.sh", "backup/scratch.sh", ".ci/run"] },
      jest("unit", at, "--silent", WORKERS, PATIENCE),
      // Compiled dependencies are kept with the other things that are expensive to make.
      { name: "application", command: ["app/test.sh"], env: { CARGO_TARGET_DIR: inCache("cargo") }, count: cargo },
      jest("image", at, ...integration, IMAGE),
      jest(
        "pulumi",
        at,
        ...integration,
        WORKERS,
        `--testPathIgnorePatterns=/node_modules/`,
        `--testPathIgnorePatterns=${IMAGE}`,
      ),
    ],
    cluster: [jest("cluster", at, ...cluster, ...pathsOf("shared"))],
    alone: [
      { ...jest("load", at, ...cluster, ...pathsOf("load")), env },
      { ...jest("shutdown", at, ...cluster, ...pathsOf("shutdown")), env },
    ],
  };
}
