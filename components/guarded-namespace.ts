import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../kubernetes/labels.ts";
import { type PodDemand, largest, quota } from "../kubernetes/resources.ts";
import { renamed } from "../engine/renamed.ts";

export interface GuardedNamespaceArgs {
  readonly namespace: string;
  /** Everything that is meant to run in the namespace; the quota and the limits follow from it. */
  readonly demands: readonly PodDemand[];
  /** Annotations of the namespace. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether the namespace, and with it every volume, survives `pulumi destroy`. */
  readonly protect: boolean;
}

/** A namespace that starts closed: Pod Security `restricted`, a quota sized to its workloads, and no traffic that is not allowed by name. */
export class GuardedNamespace extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: GuardedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "acci:index:GuardedNamespace",
      name,
      args,
      renamed(opts, { type: "acci:index:Environment", name: "environment" }),
    );
    const namespace = this.createNamespace(name, args);
    this.namespace = namespace.metadata.name;
    this.createQuota(name, args);
    this.createLimits(name, args);
    this.createDefaultDeny(name);
    this.registerOutputs({ namespace: this.namespace });
  }

  private createNamespace(name: string, { annotations, namespace, protect }: GuardedNamespaceArgs) {
    const level = "restricted";
    return new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: namespace,
          annotations,
          labels: {
            ...objectLabels(namespace),
            "pod-security.kubernetes.io/enforce": level,
            "pod-security.kubernetes.io/audit": level,
            "pod-security.kubernetes.io/warn": level,
          },
        },
      },
      { parent: this, protect, retainOnDelete: protect },
    );
  }

  private createQuota(name: string, { demands }: GuardedNamespaceArgs) {
    return new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata: { namespace: this.namespace }, spec: { hard: quota(demands) } },
      { parent: this },
    );
  }

  /** A LimitRange with small defaults: the quota refuses pods whose containers name no resources. */
  private createLimits(name: string, { demands }: GuardedNamespaceArgs) {
    const limit = {
      type: "Container",
      default: { cpu: "500m", memory: "256Mi" },
      defaultRequest: { cpu: "50m", memory: "64Mi" },
      max: largest(demands),
    };
    return new k8s.core.v1.LimitRange(
      `${name}-limits`,
      { metadata: { namespace: this.namespace }, spec: { limits: [limit] } },
      { parent: this },
    );
  }

  private createDefaultDeny(name: string) {
    return new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      { metadata: { namespace: this.namespace }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
      { parent: this },
    );
  }
}
