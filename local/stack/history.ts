import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

/** Updates of a stack that are kept. */
const KEPT = 50;

/** Time of an update in nanoseconds, as in `dev-1795884164113802590.checkpoint.json` and `dev.1795884164120769356.json`. */
const timeIn = (file: string): string | undefined => /[-.](\d{19})\./.exec(file)?.[1];

/**
 * Removes the history and the backups of all but the newest updates. The CLI keeps a copy of the state before and after each of them for
 * ever, where there is no service to do it: half a gigabyte after five hundred.
 */
export function pruneHistory(backend: string): void {
  for (const kind of ["history", "backups"])
    for (const stack of foldersIn(path.join(backend, ".pulumi", kind))) prune(stack);
}

/** Folders of the stacks, which are below their project's. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = (parent: string) => readdirSync(parent).map((name) => path.join(parent, name));
  return below(folder).flatMap(below);
}

function prune(folder: string): void {
  const files = readdirSync(folder);
  const times = new Set(files.map(timeIn).filter((time) => time !== undefined));
  const old = new Set([...times].sort().slice(0, -KEPT));
  for (const file of files) if (old.has(timeIn(file) ?? "")) rmSync(path.join(folder, file), { force: true });
}
