import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../../kubernetes/labels.ts";

export interface RedisTlsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Service the certificate is for. */
  readonly service: string;
}

/**
 * Ten years, because the server reads its certificate only at start and only the application trusts the authority. Written in the form in
 * which cert-manager returns it.
 */
const DURATION = "87600h0m0s";

/** The cache's own certificate authority and certificate, made and kept by cert-manager. */
export class RedisTls extends pulumi.ComponentResource {
  /** Name of the secret with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: RedisTlsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:RedisTls", name, args, opts);
    const self = this.createIssuer(`${name}-self`, args, { selfSigned: {} });
    const authority = this.createCertificate(`${name}-ca`, args, self, { isCA: true, commonName: "acci-redis-ca" });
    const issuer = this.createIssuer(
      `${name}-issuer`,
      args,
      { ca: { secretName: authority.metadata.name } },
      authority,
    );
    const { namespace, service } = args;
    const names = [
      service,
      pulumi.interpolate`${service}.${namespace}`,
      pulumi.interpolate`${service}.${namespace}.svc`,
    ];
    const certificate = this.createCertificate(name, args, issuer, { dnsNames: names, usages: ["server auth"] });
    this.secret = certificate.metadata.name;
    this.registerOutputs({ secret: this.secret });
  }

  private createIssuer(name: string, { namespace }: RedisTlsArgs, spec: object, authority?: pulumi.Resource) {
    return new k8s.apiextensions.CustomResource(
      name,
      { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: metadata(name, namespace), spec },
      { parent: this, dependsOn: authority ? [authority] : [] },
    );
  }

  private createCertificate(
    name: string,
    { namespace }: RedisTlsArgs,
    issuer: k8s.apiextensions.CustomResource,
    spec: object,
  ) {
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: metadata(name, namespace),
        spec: {
          secretName: name,
          duration: DURATION,
          privateKey: { algorithm: "ECDSA", size: 256 },
          issuerRef: { name: issuer.metadata.name, kind: "Issuer", group: "cert-manager.io" },
          ...spec,
        },
      },
      { parent: this },
    );
  }
}

/** Fixed names: secrets are called after them. */
const metadata = (name: string, namespace: pulumi.Input<string>) => ({
  name,
  namespace,
  labels: objectLabels("redis"),
  annotations: { "pulumi.com/waitFor": "condition=Ready" },
});
