import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ParentRef } from "./parent-ref.ts";
import { objectLabels } from "../kubernetes/labels.ts";

export interface GatewayArgs {
  readonly namespace: pulumi.Input<string>;
  readonly host: string;
  readonly tlsSecret: pulumi.Input<string>;
  readonly className: string;
  readonly ports: { readonly http: number; readonly https: number };
  /** @default - a Gateway is made */
  readonly existing?: ExistingGateway;
}

export interface ExistingGateway {
  readonly name: string;
  readonly namespace: string;
  readonly httpListener: string;
  readonly httpsListener: string;
}

const API = "gateway.networking.k8s.io";

/**
 * The entry for the public host by the Gateway API: a Gateway that ends TLS, made here or there already, and a route that sends plain HTTP
 * to HTTPS. ACME challenges keep their own Ingress, whose longer path the controller prefers to that route.
 */
export class Gateway extends pulumi.ComponentResource {
  /** Listeners that the application's route attaches to. */
  readonly parentRefs: readonly ParentRef[];

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Gateway", name, args, opts);
    const { existing } = args;
    const made = existing ? this.createGrant(name, args, existing) : this.createGateway(name, args);
    const parent = existing ? { name: existing.name, namespace: existing.namespace } : { name: "acci-framework" };
    this.createRedirect(name, args, { ...parent, sectionName: existing?.httpListener ?? "http" }, made);
    this.parentRefs = [{ ...parent, sectionName: existing?.httpsListener ?? "https" }];
    this.registerOutputs({ parentRefs: this.parentRefs });
  }

  private createGateway(name: string, { className, host, namespace, ports, tlsSecret }: GatewayArgs) {
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: `${API}/v1`,
        kind: "Gateway",
        metadata: {
          // Fixed: the chart's route names it.
          name: "acci-framework",
          namespace,
          labels: objectLabels("gateway"),
          annotations: { "pulumi.com/waitFor": "condition=Programmed" },
        },
        spec: {
          gatewayClassName: className,
          listeners: [
            { name: "http", protocol: "HTTP", port: ports.http, hostname: host },
            {
              name: "https",
              protocol: "HTTPS",
              port: ports.https,
              hostname: host,
              tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: tlsSecret }] },
            },
          ],
        },
      },
      { parent: this },
    );
  }

  /** Lets Gateways of the other namespace read the certificate, and nothing else. */
  private createGrant(name: string, { namespace, tlsSecret }: GatewayArgs, existing: ExistingGateway) {
    return new k8s.apiextensions.CustomResource(
      `${name}-grant`,
      {
        apiVersion: `${API}/v1beta1`,
        kind: "ReferenceGrant",
        metadata: { namespace, labels: objectLabels("gateway") },
        spec: {
          from: [{ group: API, kind: "Gateway", namespace: existing.namespace }],
          to: [{ group: "", kind: "Secret", name: tlsSecret }],
        },
      },
      { parent: this },
    );
  }

  private createRedirect(name: string, args: GatewayArgs, parent: ParentRef, after: pulumi.Resource) {
    return new k8s.apiextensions.CustomResource(
      `${name}-redirect`,
      {
        apiVersion: `${API}/v1`,
        kind: "HTTPRoute",
        metadata: { namespace: args.namespace, labels: objectLabels("gateway") },
        spec: {
          parentRefs: [parent],
          hostnames: [args.host],
          rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
        },
      },
      { parent: this, dependsOn: [after] },
    );
  }
}
