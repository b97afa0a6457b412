import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STACKS } from "../stack-config.ts";
import { project } from "../../tooling/paths.ts";
import { render } from "./helm.ts";

export const NAME = "acci-framework";

/** Values for an external data tier. */
export const EXTERNAL = {
  "postgresql.enabled": false,
  "redis.enabled": false,
  "database.existingSecret": "db",
  "database.migrateSecret": "owner",
  "database.caSecret": "postgres-ca",
  "cache.existingSecret": "cache",
};

/** The manifests of a release that uses an external data tier. */
export const beside = (values: object = {}) => render(NAME, { ...EXTERNAL, ...values });

export const GATEWAY = {
  "ingress.enabled": false,
  "gateway.enabled": true,
  "gateway.parentRefs": [{ name: "public", namespace: "gateways", sectionName: "https" }],
  "gateway.hostnames": ["api.acci-framework.dev"],
};

/** Values with every option on that can be combined. */
export const EVERYTHING = {
  ...GATEWAY,
  "verticalAutoscaling.enabled": true,
  "networkPolicy.enabled": true,
  "serviceMonitor.enabled": true,
  "telemetry.endpoint": "http://otel-collector.monitoring.svc:4318",
  "networkPolicy.telemetry.to": [
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
  ],
};

/** Values that the program passes for a stack, read from the release in its golden file. */
function programValues(stack: string): object {
  const golden = JSON.parse(readFileSync(join(project, "test", "stacks", "golden", `${stack}.json`), "utf8")) as {
    readonly id: string;
    readonly inputs: { readonly values: object };
  }[];
  const release = golden.find(({ id }) => id === "kubernetes:helm.sh/v3:Release application");
  if (release === undefined) throw new Error(`${stack}: must have a release of the application, got none`);
  return release.inputs.values;
}

/** Values that the linters and schemas check. */
export const VALUE_SETS: readonly [string, object][] = [
  ["the defaults", {}],
  ...STACKS.map((stack): [string, object] => [`the stack ${stack}`, programValues(stack)]),
  ["everything on", EVERYTHING],
  ["everything on beside an external data tier", { ...EXTERNAL, ...EVERYTHING, ...externalPeers() }],
];

function externalPeers() {
  return {
    "networkPolicy.database.to": [{ podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } } }],
    "networkPolicy.cache": { to: [{ ipBlock: { cidr: "10.1.2.4/32" } }], port: 6380 },
  };
}
