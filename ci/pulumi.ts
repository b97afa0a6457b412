import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type EngineEvent, parseEvents } from "./events.ts";
import { project } from "../tooling/paths.ts";

/** Whether a backend is configured; without one there is no state to preview against. */
export const hasBackend = (env: NodeJS.ProcessEnv = process.env): boolean =>
  Boolean(env.PULUMI_ACCESS_TOKEN || env.PULUMI_BACKEND_URL);

export interface Outcome {
  readonly code: number;
  readonly events: readonly EngineEvent[];
}

/**
 * Runs one Pulumi command on a stack and returns the engine's events. Pulumi's own output goes to stderr, because stdout is for the
 * report.
 */
export function pulumi(stack: string, args: readonly string[]): Outcome {
  const folder = mkdtempSync(path.join(tmpdir(), "acci-events-"));
  const log = path.join(folder, "events.json");
  try {
    const { error, status } = spawnSync(
      "pulumi",
      [...args, "--stack", stack, "--non-interactive", "--color", "never", "--event-log", log],
      // The CLI accepts --event-log only with its debugging commands enabled.
      { cwd: project, env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true" }, stdio: ["ignore", 2, 2] },
    );
    if (error) throw new Error(`pulumi: cannot be run, got ${error.message}; install the Pulumi CLI`);
    return { code: status ?? 1, events: existsSync(log) ? parseEvents(readFileSync(log, "utf8")) : [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
