import { readIdentity } from "../identity.ts";
import type { LoadOptions } from "../restore/open.ts";
import type { SiteServer } from "../restore/throwaway.ts";
import type { Settings } from "../settings.ts";

/** How many tables at once, and the key that opens what is encrypted, as the pod was told. */
export function loadOptions(settings: Settings): LoadOptions {
  const identity = readIdentity(settings.optional("ACCI_IDENTITY_FILE"));
  return { jobs: settings.number("ACCI_JOBS", 2), ...(identity ? { identity } : {}) };
}

/** What the throwaway server is to be like. */
export const siteServer = (settings: Settings): SiteServer => ({
  roles: settings.json<SiteServer["roles"]>("ACCI_ROLES"),
  extensions: settings.list("ACCI_EXTENSIONS"),
  restoreRole: settings.text("ACCI_RESTORE_ROLE"),
});
