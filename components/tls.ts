import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { retryWhileWebhookStarts } from "../engine/hooks.ts";
import { objectLabels } from "../kubernetes/labels.ts";

export interface TlsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly host: string;
  readonly issuer: string;
  /** Secret with the key of the ACME account, which cert-manager makes. */
  readonly account: string;
  /** Hooks around the issuer. */
  readonly issuerHooks?: Pick<pulumi.ResourceHookBinding, "afterCreate" | "afterUpdate">;
  readonly acme: { readonly server: string; readonly email: string; readonly caBundle?: string };
  /** Class of the short-lived Ingresses that answer challenges. */
  readonly ingressClassName: string;
}

/**
 * The public certificate, issued by ACME HTTP-01 before the application needs it: the challenge has its own Ingress, so neither waits
 * for the other. The application's Ingress must not carry the cluster-issuer annotation as well, or two Certificates fight over one secret.
 */
export class Tls extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;
  readonly certificate: k8s.apiextensions.CustomResource;

  constructor(name: string, args: TlsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { issuerHooks: _, ...inputs } = args;
    super("acci:index:Tls", name, inputs, opts);
    const issuer = this.createIssuer(name, args);
    this.certificate = this.createCertificate(name, args, issuer);
    this.secretName = pulumi.output("acci-framework-tls");
    this.registerOutputs({ secretName: this.secretName });
  }

  private createIssuer(name: string, { account, acme, ingressClassName, issuer, issuerHooks }: TlsArgs) {
    const { server, email, caBundle } = acme;
    return new k8s.apiextensions.CustomResource(
      `${name}-issuer`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "ClusterIssuer",
        // Fixed: Ingresses name it in an annotation.
        metadata: {
          name: issuer,
          labels: objectLabels("tls"),
          annotations: {
            "pulumi.com/waitFor": "condition=Ready",
            // With foreground deletion the key of the account is deleted before the issuer, and cert-manager makes it again.
            "pulumi.com/deletionPropagationPolicy": "background",
          },
        },
        spec: {
          acme: {
            server,
            email,
            ...(caBundle ? { caBundle: Buffer.from(caBundle).toString("base64") } : {}),
            privateKeySecretRef: { name: account },
            // By annotation: every version of cert-manager knows this key, the newer `ingressClassName` only some.
            solvers: [{ http01: { ingress: { class: ingressClassName, serviceType: "ClusterIP" } } }],
          },
        },
      },
      { parent: this, hooks: { ...retryWhileWebhookStarts(`${name}-issuer`), ...issuerHooks } },
    );
  }

  private createCertificate(name: string, args: TlsArgs, issuer: k8s.apiextensions.CustomResource) {
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: {
          name: "acci-framework-tls",
          namespace: args.namespace,
          labels: objectLabels("tls"),
          annotations: { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "600" },
        },
        spec: {
          secretName: "acci-framework-tls",
          dnsNames: [args.host],
          issuerRef: { name: args.issuer, kind: "ClusterIssuer", group: "cert-manager.io" },
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        },
      },
      { parent: this, dependsOn: [issuer], customTimeouts: { create: "10m", update: "10m" } },
    );
  }
}
