import path from "node:path";
import { bin } from "../../tooling/paths.ts";
import { collector } from "../toolchain/tools.ts";
import { NAMESPACE, OTLP_PORT, STORE } from "./mark.ts";
import { servedPod } from "./pod.ts";
import { ZIPKIN, zipkin, ZIPKIN_PORT } from "./zipkin.ts";

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
  ...servedPod({
    name: STORE,
    port: { name: "otlp", port: OTLP_PORT },
    fsGroup: 10001,
    container: {
      command: ["/opt/otelcol", "--config=/etc/otelcol/config.yaml"],
      readinessProbe: { httpGet: { path: "/", port: HEALTH_PORT }, periodSeconds: 1 },
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
      // `make trace` searches the files in its shell.
      volumeMounts: [
        { name: "binary", mountPath: "/opt/otelcol", readOnly: true },
        { name: "configuration", mountPath: "/etc/otelcol", readOnly: true },
        { name: "data", mountPath: "/data" },
      ],
    },
    volumes: [
      { name: "binary", hostPath: { path: path.join(bin, collector.name), type: "File" } },
      { name: "configuration", configMap: { name: STORE } },
      { name: "data", emptyDir: { sizeLimit: "500Mi" } },
    ],
  }),
  ...(hasPage ? zipkin : []),
];
