import { readIdentity } from "../identity.ts";
import type { LoadOptions } from "../restore/open.ts";
import type { SiteServer } from "../restore/throwaway.ts";
import type { Settings } from "../settings.ts";

/** How many tables at once, and the key that opens what is encrypted, as the pod was told. */
export function loadOptions(settings: Settings): LoadOptions {
  const identity = readIdentity(settings.decryptionKeyFile);
  return { jobs: settings.jobs, ...(identity ? { identity } : {}) };
}

/** What the throwaway server is to be like. */
export const siteServer = ({ extensions, restoreRole, siteRoles }: Settings): SiteServer => ({
  roles: siteRoles,
  extensions,
  restoreRole,
});
