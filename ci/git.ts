import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { project } from "../tooling/paths.ts";

/** The ref that a change is compared with: the target of the pull request, or the main branch. */
export const baseRef = (): string =>
  process.env.GITHUB_BASE_REF ? `origin/${process.env.GITHUB_BASE_REF}` : (process.env.ACCI_BASE ?? "main");

const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });

/** Content of a file at a ref; undefined when the file did not exist there. */
export function fileAt(ref: string, file: string): string | undefined {
  // Fails for a ref that does not exist, so that it does not pass for a missing file.
  git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  try {
    return git("show", `${ref}:${file}`);
  } catch {
    return undefined;
  }
}

/** Calls `use` with a temporary copy of a folder as it was at a ref. */
export function withFolderAt<T>(ref: string, folder: string, use: (copy: string) => T): T {
  const copy = mkdtempSync(path.join(tmpdir(), "acci-base-"));
  try {
    const archive = execFileSync("git", ["archive", ref, folder], { cwd: project, maxBuffer: 1 << 28 });
    execFileSync("tar", ["-x", "-C", copy], { input: archive });
    return use(path.join(copy, folder));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
