import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { at, list, object, text, type Props } from "../serve/values.ts";

/** Everything needed to talk to one cluster. */
export interface Cluster {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly insecure: boolean;
  readonly serverName?: string;
  readonly authorization?: string;
}

export interface KubeconfigSource {
  /** Content or path. @default - $KUBECONFIG, then ~/.kube/config */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly namespace?: string;
}

/** Path of the kubeconfig; undefined when it is given as content. */
export function kubeconfigFile(kubeconfig?: string): string | undefined {
  const given = kubeconfig || process.env.KUBECONFIG?.split(":")[0] || join(homedir(), ".kube", "config");
  return given.includes("\n") || given.trimStart().startsWith("{") ? undefined : given.replace(/^~(?=\/)/, homedir());
}

const named = (entries: unknown, name: string): Props =>
  object(
    list(entries)
      .map(object)
      .find((entry) => entry.name === name),
  );

export function loadCluster(source: KubeconfigSource): Cluster {
  const file = kubeconfigFile(source.kubeconfig);
  if (file && !existsSync(file))
    throw new Error(`kubernetes:kubeconfig: no such file, got ${file}; set KUBECONFIG or the provider's kubeconfig`);
  const config = object(parse(file ? readFileSync(file, "utf8") : (source.kubeconfig ?? "")));
  const contextName = source.context || text(config["current-context"]);
  const context = object(named(config.contexts, contextName).context);
  const cluster = object(named(config.clusters, source.cluster || text(context.cluster)).cluster);
  const user = object(named(config.users, text(context.user)).user);
  if (!text(cluster.server)) {
    const known = list(config.contexts).map((entry) => text(at(entry, "name")));
    throw new Error(
      `kubernetes:context: not in the kubeconfig, got "${contextName}"; it has ${known.join(", ") || "none"}`,
    );
  }
  const base = file ? dirname(resolve(file)) : process.cwd();
  const material = (entry: Props, key: string): string | undefined => {
    const inline = text(entry[`${key}-data`]);
    if (inline) return Buffer.from(inline, "base64").toString();
    const path = text(entry[key]);
    return path ? readFileSync(isAbsolute(path) ? path : join(base, path), "utf8") : undefined;
  };
  return {
    context: contextName,
    server: text(cluster.server).replace(/\/$/, ""),
    namespace: source.namespace || text(context.namespace) || "default",
    ca: material(cluster, "certificate-authority"),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    serverName: text(cluster["tls-server-name"]) || undefined,
    certificate: material(user, "client-certificate"),
    key: material(user, "client-key"),
    ...credentials(user),
  };
}

function credentials(user: Props): Pick<Cluster, "authorization" | "certificate" | "key"> {
  const token = text(user.token) || (text(user.tokenFile) && readFileSync(text(user.tokenFile), "utf8").trim());
  if (token) return { authorization: `Bearer ${token}` };
  if (text(user.username))
    return {
      authorization: `Basic ${Buffer.from(`${text(user.username)}:${text(user.password)}`).toString("base64")}`,
    };
  if (user.exec) return fromPlugin(object(user.exec));
  return {};
}

/** A client-go credential plugin, as cloud clusters use. */
function fromPlugin(exec: Props): Pick<Cluster, "authorization" | "certificate" | "key"> {
  const env = Object.fromEntries(list(exec.env).map((entry) => [text(at(entry, "name")), text(at(entry, "value"))]));
  const info = { apiVersion: exec.apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const output = execFileSync(text(exec.command), list(exec.args).map(text), {
    env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const status = object(at(JSON.parse(output), "status"));
  if (text(status.token)) return { authorization: `Bearer ${text(status.token)}` };
  return { certificate: text(status.clientCertificateData), key: text(status.clientKeyData) };
}
