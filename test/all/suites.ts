import os from "node:os";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { cargo } from "./cargo.ts";
import { jest } from "./jest.ts";
import { pathsOf } from "../cluster/order.ts";
import type { Suite } from "./suite.ts";

/** At least two workers. Jest's default leaves one of two processors free, but tests mostly wait for servers and tools. */
const WORKERS = `--maxWorkers=${Math.max(2, os.availableParallelism() - 1)}`;
/** Beside the cluster's tests, an action of a second may take a while. */
const PATIENCE = "--testTimeout=120000";
/**
 * This file and the cluster's tests build the same image. It runs after their first build, whose layers it reuses, and before their other
 * ones.
 */
const IMAGE = "local/pulumi/docker-build/application";

/** Files that bring hundreds of databases back, on servers of their own: two fifths of the seconds of what needs no cluster. */
const ROUND_TRIPS = ["backup/definitions/", "backup/restore/majors"];

export interface Suites {
  /** Suites that need only the sources. */
  readonly source: readonly Suite[];
  /** Suites that build the tools and start the cluster with its operators, for the suites below. */
  readonly preparation: readonly Suite[];
  /** Suites that need tools but no cluster, to run beside `cluster`. */
  readonly tools: readonly Suite[];
  /** The same, to run beside `recovery`. */
  readonly later: readonly Suite[];
  readonly cluster: readonly Suite[];
  /** Suites that measure the site under load. Nothing else may run beside them. */
  readonly load: readonly Suite[];
  readonly recovery: readonly Suite[];
  /** Suites that stop the platform and look for what it leaves. Nothing else may run beside them. */
  readonly shutdown: readonly Suite[];
}

const npm = (name: string, script: string): Suite => ({ name, command: ["npm", "run", "--silent", script] });

/** `prepared` says that the suite `cluster` runs too; its setup then serves the later ones as well. */
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
      {
        name: "shell",
        command: ["shellcheck", "local/bootstrap.sh", "app/test.sh", "backup/verification-server.sh", ".ci/run"],
      },
      jest("unit", at, "--silent", WORKERS, PATIENCE),
      // The compiled dependencies are in the cache, because they are expensive to make.
      { name: "application", command: ["app/test.sh"], env: { CARGO_TARGET_DIR: inCache("cargo") }, count: cargo },
      jest("image", at, ...integration, IMAGE),
      jest(
        "pulumi",
        at,
        ...integration,
        WORKERS,
        `--testPathIgnorePatterns=/node_modules/`,
        `--testPathIgnorePatterns=${[IMAGE, ...ROUND_TRIPS].join("|")}`,
      ),
    ],
    later: [jest("round-trips", at, ...integration, WORKERS, ...ROUND_TRIPS)],
    cluster: [jest("cluster", at, ...cluster, ...pathsOf("shared"))],
    load: [{ ...jest("load", at, ...cluster, ...pathsOf("load")), env }],
    recovery: [{ ...jest("recovery", at, ...cluster, ...pathsOf("recovery")), env }],
    shutdown: [{ ...jest("shutdown", at, ...cluster, ...pathsOf("shutdown")), env }],
  };
}
