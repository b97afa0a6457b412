import * as pulumi from "@pulumi/pulumi";
import { pathOf } from "../kubernetes/cluster.ts";
import type { Whereabouts } from "../kubernetes/credentials.ts";
import { canUseHooks } from "../engine/hooks.ts";
import { type KubeApi, openApi } from "../kubernetes/api.ts";

interface Account {
  readonly cluster: Whereabouts;
  /** Where cert-manager keeps what its ClusterIssuers need. */
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
}

interface Owned {
  readonly metadata: { readonly name: string; readonly uid: string };
}

interface Secret {
  readonly metadata: { readonly ownerReferences?: readonly object[] } & Record<string, unknown>;
}

/**
 * The key of the ACME account is made by cert-manager, and would stay in its namespace when the stack is gone. It is told that it belongs to
 * the issuer, and goes with it. The next issuer registers another account: certificates there are stay valid and are renewed by that.
 */
export function giveAccountToIssuer(account: Account): Pick<pulumi.ResourceHookBinding, "afterCreate" | "afterUpdate"> {
  if (!canUseHooks()) return {};
  const give = new pulumi.ResourceHook(
    `${account.name}-owner`,
    async ({ newOutputs }) => own(await openApi(account.cluster), account, newOutputs as Owned),
    { ignoreErrors: true },
  );
  return { afterCreate: [give], afterUpdate: [give] };
}

export async function own(api: KubeApi, { name, namespace }: Account, { metadata: issuer }: Owned): Promise<void> {
  const path = pathOf(namespace, `secrets/${name}`);
  const secret = await api.ask<Secret>(path);
  const owner = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", name: issuer.name, uid: issuer.uid };
  // One of an issuer that was made anew is its account as well; that owner is gone.
  await api.ask(path, {
    method: "PUT",
    body: { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } },
  });
}
