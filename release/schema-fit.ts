import type { HelmHistory, Revision } from "../helm-history/records.ts";
import type { Schema } from "./schema.ts";

/** A revision of the application's release, with the schema of its image if that declared one. */
export interface Deployed {
  readonly number: number;
  readonly status: string;
  readonly schema?: Schema | undefined;
}

/** Every revision that Helm keeps, oldest first. One that failed counts as well: its migrations may have run before it did. */
export async function deployedOf(history: HelmHistory): Promise<Deployed[]> {
  return Promise.all((await history.revisions()).map((revision) => withSchema(history, revision)));
}

async function withSchema(history: HelmHistory, { number, status }: Revision): Promise<Deployed> {
  return { number, status, schema: (await history.record(number)).config?.image?.schema };
}

/** What is wrong with a version for a site. Most updates bring the schema that runs, for which one revision is read instead of all. */
export async function misfitWith(history: HelmHistory, version: string, schema: Schema): Promise<string | undefined> {
  const latest = (await history.revisions()).at(-1);
  if (!latest) return undefined;
  const old = latest.status === "deployed" ? (await withSchema(history, latest)).schema : undefined;
  if (old?.version === schema.version && old.oldestApplication === schema.oldestApplication) return undefined;
  return misfitOf(version, schema, await deployedOf(history));
}

/** The oldest application that the site's database still serves, by what its releases have declared; 0 when any. */
export const oldestServed = (deployed: readonly Deployed[]): number =>
  Math.max(0, ...deployed.map(({ schema }) => schema?.oldestApplication ?? 0));

const running = (deployed: readonly Deployed[]): Deployed | undefined =>
  deployed.filter(({ status }) => status === "deployed").at(-1);

/** What is wrong with a version for the site as it is; nothing when both the new and the running application can be served. */
export function misfitOf(version: string, schema: Schema, deployed: readonly Deployed[]): string | undefined {
  const oldest = oldestServed(deployed);
  if (schema.version < oldest)
    return (
      `acci:image.version: must have migration ${oldest} or a later one, as older ones are no longer served by the site's schema, ` +
      `got ${version} with migration ${schema.version}; deploy a later version, or restore a dump from before`
    );
  const old = running(deployed)?.schema;
  if (old && old.version < schema.oldestApplication)
    return (
      `acci:image.version: must serve the application that runs, with migration ${old.version}, until it is replaced, ` +
      `got ${version}, which serves those with migration ${schema.oldestApplication} or a later one; deploy a version in between first`
    );
  return undefined;
}

/** What is wrong with a version for a dump, of whose site the schema is known. */
export function misfitOfDump(version: string, schema: Schema, dumped: Schema, dump: string): string | undefined {
  if (schema.version >= dumped.oldestApplication) return undefined;
  return (
    `acci:image.version: must have migration ${dumped.oldestApplication} or a later one for the schema of ${dump}, ` +
    `got ${version} with migration ${schema.version}; deploy the version that the lost site ran, or choose an older dump with acci:restore`
  );
}

/** What is wrong with going back to a revision. Undefined as well where its schema is not known. */
export function misfitOfRevision(number: number, deployed: readonly Deployed[]): string | undefined {
  const oldest = oldestServed(deployed);
  const schema = deployed.find((revision) => revision.number === number)?.schema;
  if (!schema || schema.version >= oldest) return undefined;
  const fitting = deployed.filter((revision) => revision.schema && revision.schema.version >= oldest);
  const choice = fitting.map((revision) => revision.number).join(", ") || "none is kept";
  return (
    `REVISION: must be of an application with migration ${oldest} or a later one, as older ones are no longer served by the site's schema, ` +
    `got ${number} with migration ${schema.version}; choose one of these (${choice}), or deploy a later version`
  );
}
