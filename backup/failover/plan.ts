import type { Entry } from "../catalogue/schema.ts";
import type { RestoreRequest } from "../contract/shapes.ts";
import { type Identity, majorOf } from "../database/identity.ts";
import type { Role } from "../database/roles.ts";
import type { Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";

export interface Target {
  readonly identity: Identity;
  readonly roles: readonly Role[];
  readonly filledTables: readonly string[];
}

/** Throws, before anything is changed, when a dump cannot become this site's database. */
export function admitDump(
  entry: Entry,
  manifest: Manifest,
  { filledTables, identity, roles }: Target,
  request: RestoreRequest,
): void {
  if (request.systemIdentifier && request.systemIdentifier !== entry.systemIdentifier)
    throw refused(
      `dump ${entry.id}: must be of system ${request.systemIdentifier}, got ${entry.systemIdentifier}; choose a dump of that system, or correct acci:restore.systemIdentifier`,
    );
  if (majorOf(manifest.database) > majorOf(identity))
    throw refused(
      `dump ${entry.id}: must be of Postgres ${majorOf(identity)} or older, got ${manifest.database.serverVersion}; raise acci:postgres.image to that version`,
    );
  const missing = manifest.roles.filter(({ name }) => isNeeded(manifest) && !roles.some((role) => role.name === name));
  if (missing.length > 0)
    throw refused(
      `dump ${entry.id}: must find its roles here, got no ${missing.map(({ name }) => name).join(", ")}; name them in acci:postgres.roles, and run it again`,
    );
  if (filledTables.length > 0 && !request.replace)
    throw refused(
      `database ${identity.name}: must be empty, got rows in ${filledTables.join(", ")}; set acci:restore.replace to true to keep it under another name and go on`,
    );
}

/** Dumps of version 1 list all roles of their server, most of which are not needed. */
const isNeeded = ({ version }: Manifest) => version > 1;

const refused = (message: string) => new BackupError("refused", message);
