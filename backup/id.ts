import { randomBytes } from "node:crypto";

/** `acci-dev-20261124t020000z-1a2b3c`: sorts by time, and two runs of one second differ. */
export function newId(site: string, now: Date): string {
  const time = now
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return `${site}-${time}-${randomBytes(3).toString("hex")}`;
}
