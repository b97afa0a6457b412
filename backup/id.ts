import { randomBytes } from "node:crypto";

/** Id of a dump, such as `acci-dev-20261124t020000z-1a2b3c`: ids sort by time, and those of two runs in one second differ. */
export function newId(site: string, now: Date): string {
  const time = now
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return `${site}-${time}-${randomBytes(3).toString("hex")}`;
}
