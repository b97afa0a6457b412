import path from "node:path";
import { bin } from "../../tooling/paths.ts";
import { collector } from "../toolchain/tools.ts";
import { NAMESPACE, OTLP_PORT, STORE } from "./mark.ts";
import { ZIPKIN, zipkin, ZIPKIN_PORT } from "./zipkin.ts";

const labels = { "app.kubernetes.io/name": STORE };
const metadata = { name: STORE, namespace: NAMESPACE };
const HEALTH_PORT = 13133;

/** The collector, with files in place of a store, one export of spans a line, and Zipkin beside them where there is one. */
const configurationOf = (hasPage: boolean) => ({
  extensions: { health_check: { endpoint: `0.0.0.0:${HEALTH_PORT}` } },
  receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${OTLP_PORT}` } } } },
  exporters: {
    "file/traces": { path: "/data/traces.json", rotation: { max_megabytes: 50, max_backups: 1 } },
    "file/logs": { path: "/data/logs.json", rotation: { max_megabytes: 50, max_backups: 1 } },
    ...(hasPage ? { zipkin: { endpoint: `http://${ZIPKIN}:${ZIPKIN_PORT}/api/v2/spans` } } : {}),
  },
  service: {
    extensions: ["health_check"],
    telemetry: { metrics: { level: "none" } },
    pipelines: {
      traces: { receivers: ["otlp"], exporters: ["file/traces", ...(hasPage ? ["zipkin"] : [])] },
      logs: { receivers: ["otlp"], exporters: ["file/logs"] },
    },
  },
});

/** The store of `make observe`: a pod that keeps what it is sent by OTLP for as long as it lives. */
export const storeOf = (hasPage: boolean) => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
  // JSON is valid YAML.
  { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.yaml": JSON.stringify(configurationOf(hasPage)) } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector: labels, ports: [{ name: "otlp", port: OTLP_PORT }] },
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 2,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
      containers: [
        {
          name: STORE,
          // Any image with a shell will do, in which `make trace` can search the files.
          image: "ghcr.io/cloudnative-pg/postgresql:15",
          command: ["/opt/otelcol", "--config=/etc/otelcol/config.yaml"],
          readinessProbe: { httpGet: { path: "/", port: HEALTH_PORT }, periodSeconds: 1 },
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [
            { name: "binary", mountPath: "/opt/otelcol", readOnly: true },
            { name: "configuration", mountPath: "/etc/otelcol", readOnly: true },
            { name: "data", mountPath: "/data" },
          ],
        },
      ],
      volumes: [
        // An image of its own would be built for this pod alone.
        { name: "binary", hostPath: { path: path.join(bin, collector.name), type: "File" } },
        { name: "configuration", configMap: { name: STORE } },
        { name: "data", emptyDir: { sizeLimit: "500Mi" } },
      ],
    },
  },
  ...(hasPage ? zipkin : []),
];
