import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../../kubernetes/labels.ts";
import { fileOf, type StoreArgs, type StoreKey } from "./store-settings.ts";

/** Of one store, for those who write to it and for those who remove as well. */
export interface StoreKeys {
  readonly producer: StoreKey;
  readonly janitor: StoreKey;
}

interface StoreSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly store: StoreArgs;
  /** Secret. @default - the Secrets are made by someone else */
  readonly keys?: pulumi.Input<StoreKeys>;
}

/** Makes the Secrets with the keys of one store. Fixed names: the pods, and whoever makes them in our place, know them by those. */
export function createStoreSecrets(
  component: string,
  names: Readonly<Record<keyof StoreKeys, string>>,
  { keys, namespace, store }: StoreSecretsArgs,
  opts: pulumi.ComponentResourceOptions,
): void {
  if (!keys) return;
  for (const holder of ["producer", "janitor"] as const) {
    const name = names[holder];
    const stringData = pulumi.output(keys).apply((both) => fileOf(store, both[holder]));
    new k8s.core.v1.Secret(name, { metadata: { name, namespace, labels: objectLabels(component) }, stringData }, opts);
  }
}
