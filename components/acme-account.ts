import { type KubeApi, openApi, pathOf } from "../kubernetes/api.ts";
import * as pulumi from "@pulumi/pulumi";
import type { Whereabouts } from "../kubernetes/credentials.ts";
import { canUseHooks } from "../engine/hooks.ts";

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
 * Hooks that make the issuer the owner of its account's key. cert-manager makes that Secret without an owner, so it would outlive the
 * stack. A later issuer registers another account, which renews the certificates that are there.
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
  // Replaces any owner that is recorded: when the issuer was recreated, that one is gone.
  await api.ask(path, {
    method: "PUT",
    body: { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } },
  });
}
