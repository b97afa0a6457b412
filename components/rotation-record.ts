import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Values } from "../config/schema.ts";
import { ApiError, type KubeApi } from "../kubernetes/api.ts";

type Rotations = Values["rotation"];

/** Annotation of the site's namespace with how often each of its passwords was replaced. */
export const ANNOTATION = "acci.dev/rotations";

const recordSchema = z.record(z.string(), z.number());

export const rotationRecord = (rotation: Rotations): Record<string, string> => ({
  [ANNOTATION]: JSON.stringify(rotation),
});

/**
 * Throws when a password would come back that was replaced, perhaps since it had leaked, or when one that is in use would be replaced
 * without a second one beside it. An API that does not answer is no reason: without it nothing is changed either.
 */
export async function checkRotations(
  { namespace, rotation }: Pick<Values, "namespace" | "rotation">,
  open: () => Promise<KubeApi>,
): Promise<void> {
  const problems = Object.entries(await recorded(namespace, open)).flatMap(([key, done]) => {
    const asked = rotation[key as keyof Rotations];
    if (asked === undefined || asked === done || asked === done + 1) return [];
    const cure =
      asked < done
        ? `rotate to ${done + 1}, since an earlier password may have leaked`
        : "rotate once and wait, since two rotations at once end the password that is in use";
    return [`acci:rotation.${key}: must be ${done} or ${done + 1}, got ${asked}; ${cure}`];
  });
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
}

async function recorded(namespace: string, open: () => Promise<KubeApi>) {
  try {
    const api = await open();
    const { metadata } = await api.ask<{ metadata: { annotations?: Record<string, string> } }>(
      `/api/v1/namespaces/${namespace}`,
    );
    return recordSchema.parse(JSON.parse(metadata.annotations?.[ANNOTATION] ?? "{}"));
  } catch (error) {
    // The site is not there yet, or nobody reaches its cluster.
    if (error instanceof ApiError && error.status !== 404)
      await pulumi.log.warn(`acci:rotation: ${error.message}; whether a password would come back is not known`);
    return {};
  }
}
