import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

interface Lock {
  readonly pid: number;
}

/** Whether a killed update still locks a stack of a file backend: each lock names the process that took it. */
export function isHeldByDead(stack: string, backend: string): boolean {
  const folder = path.join(backend, ".pulumi", "locks", "organization", "acci", stack);
  if (!existsSync(folder)) return false;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Lock)
    .some(({ pid }) => !existsSync(`/proc/${pid}`));
}
