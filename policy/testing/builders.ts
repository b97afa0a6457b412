import type { ResourceRule } from "../model/rule.ts";
import type { JudgedResource } from "../model/judged-resource.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** A resource that keeps every rule except where a test changes it. */
export const subject = (type: string, props: object, over: Partial<JudgedResource> = {}): JudgedResource => ({
  type,
  name: "thing",
  stack: "dev",
  props: props as JudgedResource["props"],
  secrets: [],
  protect: false,
  provider: "cluster",
  ...over,
});

export const goodContainer = {
  name: "main",
  image: `ghcr.io/broccode/acci-framework:1.0.0@${DIGEST}`,
  resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "100m", memory: "64Mi" } },
  livenessProbe: { exec: { command: ["true"] } },
  readinessProbe: { exec: { command: ["true"] } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

export const goodPod = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  containers: [goodContainer],
};

export const deployment = (pod: object = {}, labels: object = { app: "thing" }): JudgedResource =>
  subject("kubernetes:apps/v1:Deployment", {
    metadata: { namespace: "here" },
    spec: { template: { metadata: { labels }, spec: { ...goodPod, ...pod } } },
  });

/** A Deployment of one valid container with these fields changed. */
export const running = (container: object): JudgedResource =>
  deployment({ containers: [{ ...goodContainer, ...container }] });

export const postgres = (spec: object = {}, over: Partial<JudgedResource> = {}): JudgedResource =>
  subject(
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    {
      metadata: { name: "postgres", namespace: "here" },
      spec: { imageName: `ghcr.io/x/postgresql:15@${DIGEST}`, resources: goodContainer.resources, ...spec },
    },
    over,
  );

export const release = (props: object, over: Partial<JudgedResource> = {}): JudgedResource =>
  subject("kubernetes:helm.sh/v3:Release", { name: "thing", namespace: "here", ...props }, over);

export const policy = (spec: object, namespace = "here"): JudgedResource =>
  subject("kubernetes:networking.k8s.io/v1:NetworkPolicy", { metadata: { namespace }, spec });

export const findings = (rule: ResourceRule, ...subjects: JudgedResource[]): readonly string[] =>
  subjects.flatMap(rule.check);
