import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { at, list, object, text, type Props, type Value } from "../serve/values.ts";
import type { Cluster } from "./kubeconfig.ts";

const probeMilliseconds = 10_000;
const requestMilliseconds = 60_000;

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
}
interface ApplyOptions {
  readonly fieldManager: string;
  /** @default false */
  readonly force?: boolean;
  /** @default false */
  readonly dryRun?: boolean;
}
interface Call {
  readonly query?: Record<string, string>;
  readonly body?: Value;
  readonly contentType?: string;
  readonly timeoutMilliseconds?: number;
}

/** The few calls of the Kubernetes API that are needed. The official client takes most of a second to load. */
export class Client {
  readonly cluster: Cluster;
  private readonly agent: HttpsAgent | HttpAgent;
  private readonly kinds = new Map<string, Promise<Map<string, Kind>>>();
  private reachable?: Promise<void>;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    const { ca, certificate: cert, key, insecure, serverName: servername } = cluster;
    const options = { keepAlive: true, maxSockets: 32 };
    this.agent = cluster.server.startsWith("https:")
      ? new HttpsAgent({ ...options, ca, cert, key, rejectUnauthorized: !insecure, servername })
      : new HttpAgent(options);
  }

  async get(ref: ObjectRef): Promise<Props | undefined> {
    const path = await this.path(ref);
    return path ? this.optional(this.json("GET", path)) : undefined;
  }

  /** Server-side apply. A kind that the server does not have gives a 404, as a missing namespace does. */
  async apply(body: Props, ref: ObjectRef, options: ApplyOptions): Promise<Props> {
    const path = await this.path(ref);
    if (!path) throw new ApiError(404, `the server has no kind ${ref.kind} in ${ref.apiVersion}`);
    const { dryRun, fieldManager, force = false } = options;
    const query = { fieldManager, force: String(force), fieldValidation: "Warn" };
    return this.json("PATCH", path, {
      query: dryRun ? { ...query, dryRun: "All" } : query,
      body,
      contentType: "application/apply-patch+yaml",
    });
  }

  /** A JSON patch. */
  async patch(operations: readonly Props[], ref: ObjectRef): Promise<Props> {
    const path = await this.path(ref);
    if (!path) throw new ApiError(404, `the server has no kind ${ref.kind} in ${ref.apiVersion}`);
    return this.json("PATCH", path, { body: operations, contentType: "application/json-patch+json" });
  }

  async delete(ref: ObjectRef, propagationPolicy: string): Promise<void> {
    const path = await this.path(ref);
    if (path) await this.optional(this.json("DELETE", path, { body: { propagationPolicy } }));
  }

  async list(apiVersion: string, kind: string, namespace: string | undefined, query: Record<string, string>) {
    const path = await this.path({ apiVersion, kind, namespace, name: "" });
    if (!path) return [];
    return list((await this.json("GET", path.replace(/\/$/, ""), { query })).items).map(object);
  }

  /** The last lines of a container's log; empty when there is none. */
  async log(namespace: string, pod: string, query: Record<string, string>): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    return this.send("GET", path, { query, timeoutMilliseconds: 5000 }).catch(() => "");
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined> {
    return (await this.kind(apiVersion, kind))?.namespaced;
  }

  private async path({ apiVersion, kind, namespace, name }: ObjectRef): Promise<string | undefined> {
    const found = await this.kind(apiVersion, kind);
    if (!found) return undefined;
    const inNamespace = found.namespaced
      ? `/namespaces/${encodeURIComponent(namespace ?? this.cluster.namespace)}`
      : "";
    return `${groupPath(apiVersion)}${inNamespace}/${found.plural}/${encodeURIComponent(name)}`;
  }

  private async kind(apiVersion: string, kind: string): Promise<Kind | undefined> {
    const known = (await this.kinds.get(apiVersion))?.get(kind);
    if (known) return known;
    // Repeated on every miss, because the same run may have created the CRD.
    const fetched = this.discover(apiVersion);
    this.kinds.set(apiVersion, fetched);
    fetched.catch(() => this.kinds.delete(apiVersion));
    return (await fetched).get(kind);
  }

  private async discover(apiVersion: string): Promise<Map<string, Kind>> {
    const found = await this.optional(this.json("GET", groupPath(apiVersion)));
    const resources = list(found?.resources).filter((resource) => !text(at(resource, "name")).includes("/"));
    return new Map(
      resources.map((resource) => [
        text(at(resource, "kind")),
        { plural: text(at(resource, "name")), namespaced: at(resource, "namespaced") === true },
      ]),
    );
  }

  private async optional(call: Promise<Props>): Promise<Props | undefined> {
    return call.catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  private async json(method: string, path: string, call: Call = {}): Promise<Props> {
    // One request to /version first, so that an unreachable cluster is one quick error and not many slow ones.
    this.reachable ??= this.send("GET", "/version", { timeoutMilliseconds: probeMilliseconds }).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
      },
    );
    await this.reachable;
    return object(JSON.parse(await this.send(method, path, call)));
  }

  private send(method: string, path: string, call: Call): Promise<string> {
    const { server, authorization, context } = this.cluster;
    const url = new URL(server + path);
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers = {
      accept: "application/json",
      ...(authorization ? { authorization } : {}),
      ...(body
        ? { "content-type": call.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }
        : {}),
    };
    const timeout = AbortSignal.timeout(call.timeoutMilliseconds ?? requestMilliseconds);
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) =>
        reject(
          new Error(
            `kubernetes: ${server} cannot be reached (${timeout.aborted ? "no answer in time" : (error.code ?? error.message)}); ` +
              `check that the cluster runs and that context "${context}" is the one you mean`,
          ),
        );
      const outgoing = send(url, { method, headers, agent: this.agent, signal: timeout }, (response) => {
        const chunks: Buffer[] = [];
        response.on("error", fail);
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const answer = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status < 300) resolve(answer);
          else reject(new ApiError(status, messageOf(answer) || `${method} ${path}: status ${status}`));
        });
      });
      outgoing.on("error", fail);
      outgoing.end(body);
    });
  }
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

function messageOf(answer: string): string {
  try {
    return text(at(JSON.parse(answer), "message"));
  } catch {
    return answer.slice(0, 500);
  }
}
