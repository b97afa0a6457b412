import * as pulumi from "@pulumi/pulumi";
import { ApiError, type KubeApi } from "../kubernetes/api.ts";

/** Output of the stack with the UID of its cluster. */
export const OUTPUT = "clusterUid";

/** UID of the cluster that the last update deployed to; undefined before there was one. */
async function recorded(): Promise<string | undefined> {
  const self = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { value } = await new pulumi.StackReference(self).getOutputDetails(OUTPUT);
  return value as string | undefined;
}

/**
 * UID of the cluster: that of its namespace kube-system, which lives as long as the cluster does. Fails when the last update went to
 * another one, as with a kubeconfig whose context was exchanged: the update would create the whole site there, and what the state
 * has of the old one would be lost or deleted. When the cluster cannot be asked, it is the recorded one; others say that.
 */
export async function clusterIdentity(
  context: string | undefined,
  open: () => Promise<KubeApi>,
  last: () => Promise<string | undefined> = recorded,
): Promise<string | undefined> {
  const [before, now] = await Promise.all([last(), uidOf(open)]);
  if (before === undefined || now === undefined || before === now) return now ?? before;
  const stack = pulumi.getStack();
  throw new pulumi.RunError(
    `acci:cluster: must be the cluster of the last update of ${stack}, with UID ${before}, got one with UID ${now} by ` +
      `${context ? `the context ${context}` : "the current context"} of the kubeconfig; choose the context of that cluster. If that ` +
      `cluster is lost, and the site is to be made anew on this one, first let Pulumi forget it: \`pulumi stack rm ${stack} --force\` and ` +
      `\`pulumi stack init ${stack}\``,
  );
}

async function uidOf(open: () => Promise<KubeApi>): Promise<string | undefined> {
  try {
    const { metadata } = await (await open()).ask<{ metadata: { uid: string } }>("/api/v1/namespaces/kube-system");
    return metadata.uid;
  } catch (error) {
    if (error instanceof ApiError)
      await pulumi.log.warn(
        `acci:cluster: ${error.message}; whether it is the cluster of the last update is not known`,
      );
    return undefined;
  }
}
