/** `node ci/chart-diff.ts <stack>`: prints how the rendered chart of a stack differs from the base branch's. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { baseRef, withFolderAt } from "./git.ts";
import { project } from "../tooling/paths.ts";
import { goldenAt, goldenNow } from "./golden.ts";
import { maskText } from "./mask.ts";
import { render } from "./render.ts";

export function chartDiff(stack: string, base = baseRef()): string {
  const before = withFolderAt(base, "helm", (chart) => render(goldenAt(base, stack), chart));
  return unifiedDiff(before, render(goldenNow(stack), path.join(project, "helm")));
}

/** Unified diff of two texts; empty when they are equal. */
export function unifiedDiff(before: string, after: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "acci-diff-"));
  try {
    writeFileSync(path.join(folder, "base"), before);
    writeFileSync(path.join(folder, "head"), after);
    const args = ["diff", "--no-index", "--no-color", "--unified=3", "base", "head"];
    const { stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
    // The first lines name the temporary files, so they are cut off.
    return maskText(stdout.split("\n").slice(4).join("\n"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) process.stdout.write(chartDiff(process.argv[2] ?? "dev"));
