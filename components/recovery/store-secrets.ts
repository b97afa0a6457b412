import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../../kubernetes/labels.ts";
import { storeSecretData, type StoreArgs, type StoreKey } from "./store-settings.ts";

/** Keys of one store: the writer reads and writes, the pruner also deletes. */
export interface StoreKeys {
  readonly writer: StoreKey;
  readonly pruner: StoreKey;
}

interface StoreSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly store: StoreArgs;
  /** Secret. @default - the Secrets are made outside the program */
  readonly keys?: pulumi.Input<StoreKeys>;
}

/**
 * Creates the Secrets with the keys of one store. Their names are fixed, because the pods mount them by name, whether they are made here
 * or outside the program.
 */
export function createStoreSecrets(
  component: string,
  names: Readonly<Record<keyof StoreKeys, string>>,
  { keys, namespace, store }: StoreSecretsArgs,
  opts: pulumi.ComponentResourceOptions,
): void {
  if (!keys) return;
  for (const holder of ["writer", "pruner"] as const) {
    const name = names[holder];
    const stringData = pulumi.output(keys).apply((both) => storeSecretData(store, both[holder]));
    new k8s.core.v1.Secret(name, { metadata: { name, namespace, labels: objectLabels(component) }, stringData }, opts);
  }
}
