import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checksum } from "../../kubernetes/checksum.ts";
import { APPLICATION, COLLECTOR, objectLabels } from "../../kubernetes/labels.ts";
import type { Dns } from "../../kubernetes/network-policy.ts";
import { containerSecurity } from "../../kubernetes/workload.ts";
import { CHECKPOINTS, collectorConfig, HEALTH_PORT, LOGS, OTLP_PORT } from "./collector-config.ts";
import { collectorPolicies, type Destination } from "./collector-policies.ts";

export interface CollectorArgs {
  /** Namespace of the site whose pods it serves. */
  readonly site: string;
  readonly image: string;
  /** The pods that forward traffic to the application, and send spans of it. */
  readonly controller: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };
  /** Where it may resolve names. */
  readonly dns: Dns;
  readonly traces: Destination;
  readonly logs: Destination;
}

const NAME = "collector";

/** A namespace of its own: reading the node's logs is more than Pod Security allows a pod of the site. */
export const collectorNamespace = (site: string) => `${site}-telemetry`;
export const collectorAddress = (site: string) => `http://${NAME}.${collectorNamespace(site)}.svc:${OTLP_PORT}`;

/**
 * The OpenTelemetry collector on each node: ships the logs of the site's pods and passes its traces on. It asks the Kubernetes API
 * nothing, and has no token for it: namespace, pod and container are in the path of a log.
 */
export class Collector extends pulumi.ComponentResource {
  constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Collector", name, args, opts);
    const namespace = this.createNamespace(name, args.site);
    const metadata = { name: NAME, namespace, labels: objectLabels(NAME) };
    const { logs, site, traces } = args;
    // JSON is valid YAML.
    const config = JSON.stringify(collectorConfig({ site, traces: traces.endpoint, logs: logs.endpoint }));
    const child = { parent: this };
    new k8s.core.v1.ConfigMap(`${name}-config`, { metadata, data: { "config.yaml": config } }, child);
    for (const [edge, spec] of Object.entries(collectorPolicies(args, { namespace: site, podLabels: APPLICATION })))
      new k8s.networking.v1.NetworkPolicy(`${name}-${edge}`, { metadata: { namespace }, spec }, child);
    // A fixed name, by which the pods of the site send to the collector of their own node.
    new k8s.core.v1.Service(
      name,
      {
        metadata,
        spec: {
          selector: COLLECTOR,
          internalTrafficPolicy: "Local",
          ports: [{ name: "otlp", port: OTLP_PORT, targetPort: OTLP_PORT }],
        },
      },
      child,
    );
    this.createDaemonSet(name, metadata, args, config);
    this.registerOutputs({});
  }

  private createNamespace(name: string, site: string) {
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: collectorNamespace(site),
          labels: {
            ...objectLabels(NAME),
            // The node's folders are in no other profile.
            "pod-security.kubernetes.io/enforce": "privileged",
            "pod-security.kubernetes.io/warn": "privileged",
          },
        },
      },
      { parent: this },
    );
    return namespace.metadata.name;
  }

  private createDaemonSet(name: string, metadata: object, { image, site }: CollectorArgs, config: string) {
    return new k8s.apps.v1.DaemonSet(
      name,
      {
        metadata,
        spec: {
          selector: { matchLabels: COLLECTOR },
          template: {
            metadata: { labels: objectLabels(NAME), annotations: { "acci.dev/config": checksum([config]) } },
            spec: podOf(image, site),
          },
        },
      },
      { parent: this },
    );
  }
}

const podOf = (image: string, site: string): k8s.types.input.core.v1.PodSpec => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  // Logs of pods on every node, also on those that take no others.
  tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
  // Root, whose files logs are; without any of root's capabilities, so it reads these alone.
  securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: NAME,
      image,
      args: ["--config=/etc/otelcol/config.yaml"],
      env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
      ports: [{ name: "otlp", containerPort: OTLP_PORT }],
      livenessProbe: { httpGet: { path: "/", port: HEALTH_PORT }, periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { httpGet: { path: "/", port: HEALTH_PORT }, periodSeconds: 5 },
      resources: {
        limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "64Mi" },
        requests: { cpu: "20m", memory: "96Mi", "ephemeral-storage": "16Mi" },
      },
      securityContext: containerSecurity(),
      volumeMounts: [
        { name: "config", mountPath: "/etc/otelcol", readOnly: true },
        { name: "logs", mountPath: LOGS, readOnly: true },
        { name: "checkpoints", mountPath: CHECKPOINTS },
      ],
    },
  ],
  volumes: [
    { name: "config", configMap: { name: NAME } },
    { name: "logs", hostPath: { path: LOGS } },
    { name: "checkpoints", hostPath: { path: `${CHECKPOINTS}/${site}`, type: "DirectoryOrCreate" } },
  ],
});
