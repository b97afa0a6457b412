import { type Connection, withClient } from "../database/connection.ts";
import { createExtensions, replacedVersions, requireMembers } from "../database/extensions.ts";
import { setSequences } from "../database/sequences.ts";
import { isExtensionComment, isOfDatabase } from "../definitions/compare.ts";
import type { Section, TocEntry } from "../definitions/toc.ts";
import { copyIn } from "./copy-in.ts";
import { eachUnit } from "./each-unit.ts";
import { loadLargeObjects } from "./large-objects.ts";
import type { OpenDump } from "./open.ts";
import { restoreEntries } from "./pg-restore.ts";
import { refreshViews } from "./refresh.ts";

/** Restores a dump into an empty database, as a role that is not a superuser. */
export async function load(target: Connection, dump: OpenDump): Promise<void> {
  const { definitions, manifest, parallelism } = dump;
  await loadDefinitions(target, dump, "before");
  await eachUnit(target, dump, "restored", (session, unit, progress) => copyIn(session, dump, unit, progress));
  if (manifest.largeObjects) await loadLargeObjects(target, dump, manifest.largeObjects);
  // Data in archives of version 1.
  await restoreEntries(target, definitions, isOf("data"));
  await withClient(target, (client) => setSequences(client, manifest.sequenceValues));
  await loadDefinitions(target, dump, "after");
  await refreshViews(target, manifest.populatedViews, parallelism);
  await withClient(target, (client) => client.query("ANALYZE"));
}

const isOf =
  (section: Section, ...descs: readonly string[]) =>
  (entry: TocEntry) =>
    entry.section === section &&
    !isOfDatabase(entry) &&
    !isExtensionComment(entry) &&
    (descs.length === 0 || descs.includes(entry.desc));

const isSchema = isOf("pre-data", "SCHEMA");
/** Grants are restored last, because the owner's own rights may have been revoked, which would keep rows out. */
const isRight = ({ desc }: TocEntry) => ["ACL", "ACL LANGUAGE", "DEFAULT ACL"].includes(desc);

/**
 * Passes, one after the other, each with several jobs. Attaching an index to that of a partitioned table would deadlock with the creation
 * of another index for it, so attaching has a pass of its own. Objects that need indexes come after it, and grants come last.
 */
const AFTER: ((entry: TocEntry) => boolean)[] = [
  isOf("post-data", "INDEX", "CONSTRAINT"),
  isOf("post-data", "INDEX ATTACH"),
  (entry) =>
    isOf("post-data")(entry) && !["INDEX", "CONSTRAINT", "INDEX ATTACH"].includes(entry.desc) && !isRight(entry),
  (entry) => isRight(entry) && !isOfDatabase(entry),
];

/** Restores the definitions that come before the rows, or those that come after the rows. */
export async function loadDefinitions(
  target: Connection,
  { definitions, manifest, parallelism }: OpenDump,
  when: "before" | "after",
): Promise<void> {
  if (when === "after") {
    for (const wanted of AFTER) await restoreEntries(target, definitions, wanted, parallelism);
    return;
  }
  // Extensions are created before all objects that may use them, but after the schemas that they live in.
  await restoreEntries(target, definitions, isSchema);
  await withClient(target, async (client) => {
    const { database, extensions } = manifest;
    const into = { databaseOwner: database.owner, replaced: await replacedVersions(client, extensions) };
    await createExtensions(client, extensions, into);
    await requireMembers(client, extensions, into);
  });
  await restoreEntries(target, definitions, (entry) => isOf("pre-data")(entry) && !isSchema(entry) && !isRight(entry));
}
