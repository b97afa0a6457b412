import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../config/schema.ts";
import { ApiError, type KubeApi, pathOf, unlessMissing } from "../kubernetes/api.ts";
import { formatMemory, parseMemory } from "../kubernetes/quantity.ts";

/** What is there of the site's volumes before an update. */
export interface Volumes {
  /** Size in the claim template of the cache's StatefulSet, which cannot change as long as the StatefulSet lives. */
  readonly redisTemplate?: string | undefined;
}

interface Claim {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

interface Template {
  readonly spec: { readonly volumeClaimTemplates?: readonly Claim[] };
}

/** Claim of the cache, by the name that its StatefulSet looks for. */
export const REDIS_CLAIM = "data-redis-0";

const isOfPostgres = ({ metadata: { labels } }: Claim) => labels?.["cnpg.io/pvcRole"] === "PG_DATA";
const sizeOf = ({ spec }: Claim) => parseMemory(spec.resources.requests.storage);

/**
 * Reads the site's volumes. Fails when one would have to shrink, which Kubernetes refuses, or to grow by a StorageClass that cannot,
 * which Kubernetes refuses for the cache and CloudNativePG tries for ever. A cluster that does not answer is told by others.
 */
export async function volumesOf(
  { namespace, postgres, redis }: Pick<Values, "namespace" | "postgres" | "redis">,
  open: () => Promise<KubeApi>,
): Promise<Volumes> {
  try {
    const api = await open();
    const [claims, template] = await Promise.all([
      api.ask<{ items: readonly Claim[] }>(pathOf(namespace, "persistentvolumeclaims")),
      redis.storage === undefined ? undefined : templateOf(api, namespace),
    ]);
    const wanted = claims.items.flatMap((claim) => {
      if (isOfPostgres(claim)) return [{ key: "acci:postgres.storage", claim, size: postgres.storage }];
      const isOfRedis = claim.metadata.name === REDIS_CLAIM && redis.storage !== undefined;
      return isOfRedis ? [{ key: "acci:redis.storage", claim, size: redis.storage! }] : [];
    });
    const problems = await Promise.all(wanted.map((one) => problemOf(api, one)));
    const said = [...new Set(problems.filter((problem) => problem !== undefined))];
    if (said.length > 0) throw new pulumi.RunError(said.join("\n"));
    return { redisTemplate: template };
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) throw error;
    if (error instanceof ApiError)
      await pulumi.log.warn(
        `acci:redis.storage: ${error.message}; whether the volumes can have their size is not known`,
      );
    return {};
  }
}

async function templateOf(api: KubeApi, namespace: string): Promise<string | undefined> {
  const set = await api.ask<Template>(`/apis/apps/v1/namespaces/${namespace}/statefulsets/redis`).catch(unlessMissing);
  return set?.spec.volumeClaimTemplates?.[0]?.spec.resources.requests.storage;
}

interface Wanted {
  readonly key: string;
  readonly claim: Claim;
  readonly size: string;
}

async function problemOf(api: KubeApi, { claim, key, size }: Wanted): Promise<string | undefined> {
  const [before, after] = [sizeOf(claim), parseMemory(size)];
  if (after === before) return undefined;
  const has = formatMemory(before);
  if (after < before)
    return `${key}: must be at least ${has}, which the volume ${claim.metadata.name} has, got ${size}; a volume cannot become smaller`;
  const name = claim.spec.storageClassName;
  const storageClass = await api.ask<{ allowVolumeExpansion?: boolean }>(
    `/apis/storage.k8s.io/v1/storageclasses/${name}`,
  );
  if (storageClass.allowVolumeExpansion) return undefined;
  return (
    `${key}: must be ${has} while the StorageClass ${name} does not let volumes grow, got ${size}; set its allowVolumeExpansion ` +
    "if its driver can, or move the site to another class by a failover"
  );
}
