import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../config/schema.ts";
import { HelmHistory } from "../helm-history/records.ts";
import type { KubeApi } from "../kubernetes/api.ts";
import { labelsOf } from "./labels.ts";
import { type Schema, LABELS, schemaOfContext, schemaOfLabels } from "./schema.ts";
import { misfitOfDump, misfitWith } from "./schema-fit.ts";

/** Looks up what an image declares. */
type Declared = (image: string, platform: string) => Promise<Record<string, string>>;

/**
 * The schema of the image that is to be deployed: of its migrations when it is built here, or else of its labels. Says so when it
 * is not known.
 */
export async function schemaOfImage(
  { build, platforms, repository }: Values["image"],
  digest: string | undefined,
  declared: Declared = labelsOf,
): Promise<Schema | undefined> {
  if (build) {
    const schema = await orRefuse(() => schemaOfContext(build.context));
    if (!schema) await unknown(`${build.context} has no migrations/<number>_<name>.sql`);
    return schema;
  }
  return digest === undefined ? undefined : schemaIn(`${repository}@${digest}`, platforms[0]!, declared);
}

async function schemaIn(image: string, platform: string, declared: Declared): Promise<Schema | undefined> {
  const labels = await declared(image, platform).catch((error: unknown) => (error as Error).message);
  if (typeof labels === "string") {
    await unknown(`the labels of ${image} cannot be read (${labels})`);
    return undefined;
  }
  const schema = await orRefuse(() => schemaOfLabels(image, labels));
  if (!schema) await unknown(`${image} has no label ${LABELS.version}`);
  return schema;
}

const unknown = (why: string) =>
  pulumi.log.warn(`acci:image: ${why}; whether the application and the site's schema fit is not known`);

interface Candidate {
  readonly version: string;
  readonly schema: Schema | undefined;
}

/** A dump that an update is about to restore, and the image that its site ran. */
interface Origin {
  readonly dump: string;
  readonly image?: string | undefined;
}

/**
 * Refuses a version that the site's schema does not serve, or that would take from the running one what it uses, before anything is
 * changed; a preview only says so. A failover is judged by the schema of its dump instead: `origin`, or "chosen later" in the cluster.
 */
export async function holdForSchema(
  { image: { platforms, schemaCheck }, namespace }: Pick<Values, "image" | "namespace">,
  { schema, version }: Candidate,
  origin: Origin | "chosen later" | undefined,
  { declared = labelsOf, open }: { declared?: Declared; open: () => Promise<KubeApi> },
): Promise<void> {
  if (!schema || origin === "chosen later") return;
  const misfit = await (async () => {
    if (origin) {
      const dumped = origin.image && (await schemaIn(origin.image, platforms[0]!, declared));
      return dumped ? misfitOfDump(version, schema, dumped, origin.dump) : undefined;
    }
    const history = new HelmHistory(await open(), namespace, "acci-framework");
    return misfitWith(history, version, schema);
  })().catch((error: unknown) => {
    if (pulumi.RunError.isInstance(error)) throw error;
    return unknown((error as Error).message);
  });
  if (!misfit) return;
  if (schemaCheck === "refuse" && !pulumi.runtime.isDryRun()) throw new pulumi.RunError(misfit);
  await pulumi.log.warn(misfit);
}

const orRefuse = async <T>(read: () => T): Promise<T> => {
  try {
    return read();
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
};
