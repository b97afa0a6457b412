import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EXPORTER_RESOURCES } from "../../config/sizing.ts";
import { checksum } from "../../kubernetes/checksum.ts";
import { objectLabels, REDIS_EXPORTER } from "../../kubernetes/labels.ts";
import { containerSecurity, podSecurity } from "../../kubernetes/workload.ts";
import { EXPORTER_USER } from "./configuration.ts";

export interface RedisExporterArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** Host and port of the cache. */
  readonly address: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  /** Name of the Secret with the server's CA. @default - the server does not speak TLS */
  readonly caSecret?: pulumi.Output<string> | undefined;
}

export const EXPORTER_PORT = 9121;
const UID = 59000;
const MOUNTS = { password: "/etc/acci/redis/exporter", ca: "/etc/acci/redis-ca" };

/**
 * redis_exporter: what the cache says of itself, for Prometheus. A pod of its own, so that its end is not the cache's, as a user who may ask
 * for figures and read no key.
 */
export class RedisExporter extends pulumi.ComponentResource {
  constructor(name: string, args: RedisExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:RedisExporter", name, {}, opts);
    const { address, caSecret, namespace } = args;
    const scheme = caSecret ? "rediss" : "redis";
    // The exporter looks the password up by the address, since version 1.46 by the address with the user.
    const passwords = pulumi.all([address, args.password]).apply(([at, password]) =>
      JSON.stringify({
        [`${scheme}://${at}`]: password,
        [`${scheme}://${EXPORTER_USER}@${at}`]: password,
      }),
    );
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { namespace, labels: objectLabels("redis-exporter") },
        stringData: { "passwords.json": pulumi.secret(passwords) },
      },
      { parent: this },
    );
    new k8s.apps.v1.Deployment(
      name,
      {
        // Fixed: a runbook asks for its log.
        metadata: { name: "redis-exporter", namespace, labels: objectLabels("redis-exporter") },
        spec: {
          replicas: 1,
          selector: { matchLabels: REDIS_EXPORTER },
          template: {
            metadata: {
              labels: objectLabels("redis-exporter"),
              // It reads its password at start only.
              annotations: { "acci.dev/checksum": checksum([args.password]) },
            },
            spec: podSpec(args, pulumi.interpolate`${scheme}://${address}`, secret.metadata.name),
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function podSpec({ caSecret, image }: RedisExporterArgs, url: pulumi.Output<string>, secret: pulumi.Output<string>) {
  const probe = { httpGet: { path: "/health", port: "metrics" }, timeoutSeconds: 5 };
  const ca = { name: "ca", secret: { secretName: caSecret, items: [{ key: "ca.crt", path: "ca.crt" }] } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(UID),
    containers: [
      {
        name: "exporter",
        image,
        args: [
          pulumi.interpolate`--redis.addr=${url}`,
          `--redis.user=${EXPORTER_USER}`,
          `--redis.password-file=${MOUNTS.password}/passwords.json`,
          ...(caSecret ? [`--tls-ca-cert-file=${MOUNTS.ca}/ca.crt`] : []),
          // Neither is allowed to its user.
          "--set-client-name=false",
          "--config-command=-",
          `--web.listen-address=:${EXPORTER_PORT}`,
        ],
        ports: [{ name: "metrics", containerPort: EXPORTER_PORT }],
        resources: EXPORTER_RESOURCES,
        securityContext: containerSecurity(),
        livenessProbe: { ...probe, periodSeconds: 20 },
        readinessProbe: { ...probe, periodSeconds: 10 },
        volumeMounts: [
          { name: "password", mountPath: MOUNTS.password, readOnly: true },
          ...(caSecret ? [{ name: "ca", mountPath: MOUNTS.ca, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [{ name: "password", secret: { secretName: secret } }, ...(caSecret ? [ca] : [])],
  };
}
