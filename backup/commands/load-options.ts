import { readIdentity } from "../identity.ts";
import type { LoadOptions } from "../restore/load.ts";
import type { Settings } from "../settings.ts";

/** How many tables at once, and the key that opens what is encrypted, as the pod was told. */
export function loadOptions(settings: Settings): LoadOptions {
  const identity = readIdentity(settings.optional("ACCI_IDENTITY_FILE"));
  return { jobs: settings.number("ACCI_JOBS", 2), ...(identity ? { identity } : {}) };
}
