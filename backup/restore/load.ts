import { type Connection, withClient } from "../database/connection.ts";
import { createExtensions, requireMembers } from "../database/extensions.ts";
import { setSequences } from "../database/sequences.ts";
import { isExtensionComment } from "../definitions/compare.ts";
import type { TocEntry } from "../definitions/toc.ts";
import { copyIn } from "./copy-in.ts";
import { eachUnit } from "./each-unit.ts";
import { loadLargeObjects } from "./large-objects.ts";
import type { OpenDump } from "./open.ts";
import { restoreEntries } from "./pg-restore.ts";
import { refreshViews } from "./refresh.ts";

/** Restores a dump into an empty database, as a role that is no superuser. */
export async function load(target: Connection, dump: OpenDump): Promise<void> {
  const { definitions, jobs, manifest } = dump;
  await loadDefinitions(target, dump, "before");
  await eachUnit(target, dump, "restored", (session, unit, progress) => copyIn(session, dump, unit, progress));
  if (manifest.largeObjects) await loadLargeObjects(target, dump, manifest.largeObjects);
  // Of archives that have data in them.
  await restoreEntries(target, definitions, "data", { jobs, wanted: () => true });
  await withClient(target, (client) => setSequences(client, manifest.sequenceValues));
  await loadDefinitions(target, dump, "after");
  await refreshViews(target, manifest.populatedViews, jobs);
  await withClient(target, (client) => client.query("ANALYZE"));
}

/** Of the definitions, what comes before the rows, or after them. */
export async function loadDefinitions(
  target: Connection,
  { definitions, jobs, manifest }: OpenDump,
  when: "before" | "after",
): Promise<void> {
  const restore = (section: "pre-data" | "post-data", wanted: (entry: TocEntry) => boolean) =>
    restoreEntries(target, definitions, section, { jobs, wanted });
  if (when === "after") {
    for (const wanted of AFTER) if (definitions.entries.some(wanted)) await restore("post-data", wanted);
    return;
  }
  // Extensions are made before all that may use them, in the schemas that they live in.
  const isSchema = ({ desc }: TocEntry) => desc === "SCHEMA";
  await restore("pre-data", isSchema);
  await withClient(target, async (client) => {
    await createExtensions(client, manifest.extensions, manifest.database.owner);
    await requireMembers(client, manifest.extensions);
  });
  await restore("pre-data", (entry) => !isSchema(entry) && !isExtensionComment(entry));
}

/**
 * One after the other, each of several at a time: an index that is attached to that of a partitioned table would meet another that is made
 * for it, and each would wait for the other. What needs indexes comes last.
 */
const AFTER = [
  ({ desc }: TocEntry) => desc === "INDEX" || desc === "CONSTRAINT",
  ({ desc }: TocEntry) => desc === "INDEX ATTACH",
  ({ desc }: TocEntry) => !["INDEX", "CONSTRAINT", "INDEX ATTACH"].includes(desc),
];
