import { readFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import { FOLDERS, SECRET_FILES } from "../contract/files.ts";
import { PREVIOUS, RELEASES } from "../contract/rollout.ts";
import {
  type ConfigMap,
  configMapSchema,
  type Deployment,
  deploymentSchema,
  type Pod,
  podListSchema,
  type Route,
  routeSchema,
  type Template,
} from "./objects.ts";

/** The objects of a site that its rollout has rights to. */
export interface SiteObjects {
  /** @returns undefined when the site has no route, and so no release yet */
  route(): Promise<Route | undefined>;
  /** Writes rules and an annotation, if nobody has changed the route since it was read; throws {@link Changed} otherwise. */
  writeRoute(read: Route, rules: Route["spec"]["rules"], annotations: Record<string, string>): Promise<void>;
  deployment(name: string): Promise<Deployment | undefined>;
  scaleCanary(replicas: number): Promise<void>;
  canaryPods(): Promise<readonly Pod[]>;
  /** What the canary's pods are made of from now on. */
  replaceCanary(template: Template): Promise<void>;
  configMap(name: string): Promise<ConfigMap | undefined>;
  /** Replaces what is remembered of the version before. */
  writePrevious(data: Record<string, string>, annotations: Record<string, string>): Promise<void>;
}

/** Somebody else has written in the meantime. */
export class Changed extends Error {}

const TIMEOUT_MS = 15_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Send = (method: "GET" | "PATCH", path: string, body?: object) => Promise<Answer>;

/** The API server as every pod is told of it, by the token in the folder. */
export function inCluster(env: NodeJS.ProcessEnv = process.env, folder: string = FOLDERS.kubernetes): Send {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
  const file = (name: string) => readFileSync(path.join(folder, name), "utf8");
  const ca = file(SECRET_FILES.ca);
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        // Read each time, because the kubelet replaces it before it expires.
        authorization: `Bearer ${file(SECRET_FILES.token)}`,
        accept: "application/json",
        ...(body ? { "content-type": patchType(body) } : {}),
      };
      const request = https.request({ host, port, path, method, headers, ca, agent: false });
      request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
      request.once("error", reject);
      request.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      request.end(body && JSON.stringify(body));
    });
}

/** A list is of operations; anything else is merged. */
export const patchType = (body: object): string =>
  Array.isArray(body) ? "application/json-patch+json" : "application/merge-patch+json";

export function siteObjects(namespace: string, send: Send): SiteObjects {
  const route = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${RELEASES.stable}`;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const ask = async (method: "GET" | "PATCH", path: string, body?: object): Promise<unknown> => {
    const { body: text, status } = await send(method, path, body);
    if (status === 404) return undefined;
    if (status === 409) throw new Changed(`${path}: must be as it was read, got another version`);
    if (status >= 300)
      throw new Error(`Kubernetes API: must allow ${method} ${path}, got ${status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as unknown;
  };
  return {
    route: async () => routeSchema.optional().parse(await ask("GET", route)),
    async writeRoute({ metadata: { resourceVersion } }, rules, annotations) {
      await ask("PATCH", route, { metadata: { resourceVersion, annotations }, spec: { rules } });
    },
    deployment: async (name) => deploymentSchema.optional().parse(await ask("GET", `${deployments}/${name}`)),
    async scaleCanary(replicas) {
      await ask("PATCH", `${deployments}/${RELEASES.canary}/scale`, { spec: { replicas } });
    },
    async canaryPods() {
      const query = new URLSearchParams({ labelSelector: `app.kubernetes.io/instance=${RELEASES.canary}` });
      const { items } = podListSchema.parse(
        await ask("GET", `/api/v1/namespaces/${namespace}/pods?${query.toString()}`),
      );
      return items.filter(({ metadata }) => !metadata.deletionTimestamp);
    },
    async replaceCanary(template) {
      const replace = [{ op: "replace", path: "/spec/template", value: template }];
      await ask("PATCH", `${deployments}/${RELEASES.canary}`, replace);
    },
    configMap: async (name) => configMapSchema.optional().parse(await ask("GET", `${configMaps}/${name}`)),
    async writePrevious(data, annotations) {
      const replace = [
        { op: "add", path: "/data", value: data },
        { op: "add", path: "/metadata/annotations", value: annotations },
      ];
      await ask("PATCH", `${configMaps}/${PREVIOUS}`, replace);
    },
  };
}
