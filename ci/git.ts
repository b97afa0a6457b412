import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { project } from "../tooling/paths.ts";

/** What a change is compared with: the target of the pull request, or the main branch. */
export const baseRef = (): string =>
  process.env.GITHUB_BASE_REF ? `origin/${process.env.GITHUB_BASE_REF}` : (process.env.ACCI_BASE ?? "main");

const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });

/** A file as it was; undefined when it was not there. */
export function fileAt(ref: string, file: string): string | undefined {
  // A ref that does not exist must not pass for a file that did not.
  git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  try {
    return git("show", `${ref}:${file}`);
  } catch {
    return undefined;
  }
}

/** Hands out a copy of a folder as it was, for as long as `use` runs. */
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
