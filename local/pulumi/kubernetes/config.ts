import { notImplemented, type Failure } from "../serve/errors.ts";
import { plain, unknown, type Props } from "../serve/values.ts";
import { Client } from "./client.ts";
import { loadCluster, type KubeconfigSource } from "./kubeconfig.ts";
import type { Mutability } from "./replace.ts";

/** Accepted inputs: those with an effect here, and those that are harmless when ignored. */
const known = [
  "kubeconfig",
  "context",
  "cluster",
  "namespace",
  "enableConfigMapMutable",
  "enableSecretMutable",
  "enablePatchForce",
  "upsertExistingObjects",
  "enableServerSideApply",
  "clusterIdentifier",
  "kubeClientSettings",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
];
const bookkeeping = ["version", "pluginDownloadURL", "__internal"];
const isSet = (value: unknown): boolean =>
  ![undefined, null, "", false, "false", "{}", "null"].includes(value as string);

export interface Settings {
  readonly source: KubeconfigSource;
  readonly mutable: Mutability;
  readonly patchForce: boolean;
  readonly upsert: boolean;
}

/** A configured provider: the client of its cluster, and its settings. */
export interface Target {
  readonly client: Client;
  readonly settings: Settings;
}

export function checkConfig(inputs: Props): Failure[] {
  const failures = Object.entries(plain(inputs))
    .filter(([key, value]) => isSet(value) && ![...known, ...bookkeeping].includes(key))
    .map(([property]) => ({ property, reason: notImplemented("kubernetes", property).message }));
  const clientSide = plain(inputs).enableServerSideApply === "false";
  const reason = notImplemented("kubernetes", "enableServerSideApply: false").message;
  return clientSide ? [...failures, { property: "enableServerSideApply", reason }] : failures;
}

/** Settings of the provider; undefined in a preview whose cluster is yet to be created. */
export function settingsOf(inputs: Props): Settings | undefined {
  const values = plain<Record<string, string | undefined>>(inputs);
  const { kubeconfig, context, cluster, namespace } = values;
  if ([kubeconfig, context, cluster, namespace].includes(unknown)) return undefined;
  const isTrue = (key: string) => String(values[key]) === "true";
  return {
    source: { kubeconfig, context, cluster, namespace },
    mutable: { configMaps: isTrue("enableConfigMapMutable"), secrets: isTrue("enableSecretMutable") },
    patchForce: isTrue("enablePatchForce"),
    upsert: isTrue("upsertExistingObjects"),
  };
}

/** Inputs whose change replaces all objects: those that lead to another cluster, not another path to the same one. */
export function replacedConfig(olds: Props, news: Props): string[] {
  const server = (inputs: Props): string | undefined => {
    try {
      const settings = settingsOf(inputs);
      return settings && new Client(loadCluster(settings.source)).cluster.server;
    } catch {
      return undefined; // the old kubeconfig may be gone by now
    }
  };
  const [identified, identifies] = [olds.clusterIdentifier, news.clusterIdentifier];
  if (identified && identifies) return identified === identifies ? [] : ["clusterIdentifier"];
  const [before, after] = [server(olds), server(news)];
  return before && after && before !== after ? ["kubeconfig", "context", "cluster"] : [];
}
