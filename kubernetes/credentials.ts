import { readFileSync } from "node:fs";
import type https from "node:https";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";

/** How a cluster is reached, in the provider's terms: a path or the text of a kubeconfig, and a context of it. */
export interface Whereabouts {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface Credentials {
  readonly server: URL;
  readonly options: https.RequestOptions;
}

type Entry = Readonly<Record<string, unknown>>;

/** Keys of a kubeconfig that this file reads; an entry with any other key is left to the Kubernetes client. */
const PLAIN = {
  cluster: ["server", "certificate-authority", "certificate-authority-data", "tls-server-name", "extensions"],
  user: ["client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "extensions"],
};

/**
 * Reads certificates and tokens. Loading the Kubernetes client takes longer than all requests of a run without changes, so it is loaded
 * only for plugins, proxies and the like.
 */
export async function credentialsFor(at: Whereabouts): Promise<Credentials> {
  return plainCredentials(at) ?? (await clientCredentials(at));
}

function plainCredentials({ kubeconfig = process.env["KUBECONFIG"] ?? "", context }: Whereabouts) {
  const isText = kubeconfig.includes("\n");
  // No path, or several to merge.
  if (kubeconfig === "" || (!isText && kubeconfig.includes(":"))) return undefined;
  const config = parse(isText ? kubeconfig : textOf(kubeconfig)) as Entry;
  const chosen = named(config, "context", context ?? config["current-context"]);
  const cluster = named(config, "cluster", chosen?.["cluster"]);
  const user = named(config, "user", chosen?.["user"]);
  if (!cluster || !user || !isPlain(cluster, PLAIN.cluster) || !isPlain(user, PLAIN.user)) return undefined;
  const folder = isText ? process.cwd() : dirname(resolve(kubeconfig));
  const material = (entry: Entry, key: string) => pem(entry, key, folder);
  const { token } = user;
  return {
    server: new URL(cluster["server"] as string),
    options: {
      ca: material(cluster, "certificate-authority"),
      cert: material(user, "client-certificate"),
      key: material(user, "client-key"),
      ...(cluster["tls-server-name"] ? { servername: cluster["tls-server-name"] as string } : {}),
      ...(token ? { headers: { authorization: `Bearer ${token as string}` } } : {}),
    },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(
      `acci:cluster.kubeconfig: must be a file that can be read, got ${file}; correct it, or KUBECONFIG`,
      {
        cause: error,
      },
    );
  }
}

/** The inner part of a kubeconfig's entry: `{name, cluster: {...}}`. */
function named(config: Entry, kind: "cluster" | "context" | "user", name: unknown): Entry | undefined {
  const entries = (config[`${kind}s`] ?? []) as readonly Entry[];
  return entries.find((entry) => entry["name"] === name)?.[kind] as Entry | undefined;
}

const isPlain = (entry: Entry, known: readonly string[]) => Object.keys(entry).every((key) => known.includes(key));

function pem(entry: Entry, key: string, folder: string): string | undefined {
  const data = entry[`${key}-data`] as string | undefined;
  if (data) return Buffer.from(data, "base64").toString();
  const file = entry[key] as string | undefined;
  return file ? readFileSync(isAbsolute(file) ? file : join(folder, file), "utf8") : undefined;
}

async function clientCredentials({ context, kubeconfig }: Whereabouts): Promise<Credentials> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (!kubeconfig) config.loadFromDefault();
  else if (kubeconfig.includes("\n")) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  if (context) config.setCurrentContext(context);
  const { server } = config.getCurrentCluster() ?? {};
  if (!server)
    throw new Error(
      `acci:cluster.context: must be in the kubeconfig, got ${config.getCurrentContext()}; it has ${
        config
          .getContexts()
          .map(({ name }) => name)
          .join(", ") || "none"
      }`,
    );
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return { server: new URL(server), options };
}
