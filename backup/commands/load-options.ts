import { readIdentity } from "../identity.ts";
import type { LoadOptions } from "../restore/open.ts";
import type { SiteServer } from "../restore/verification-server.ts";
import type { Settings } from "../settings.ts";

/** Parallelism and decryption key of a restore, from the pod's settings. */
export function loadOptions(settings: Settings): LoadOptions {
  const identity = readIdentity(settings.decryptionKeyFile);
  return { parallelism: settings.parallelism, ...(identity ? { identity } : {}) };
}

/** What the verification server is to be like. */
export const siteServer = ({ extensions, restoreRole, siteRoles }: Settings): SiteServer => ({
  roles: siteRoles,
  extensions,
  restoreRole,
});
