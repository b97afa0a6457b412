import { kubectl } from "../cluster/cluster.ts";

/** The namespace and the label whose pods the network policies of a site let in. */
export const MONITORING = "monitoring";
export const PROMETHEUS = "prometheus";
export const PORT = 9090;
export const ALERTMANAGER_PORT = 9093;
/** Folder of the pod for lists of targets. */
export const SCRAPED = "/tmp/scraped";

export const ALERTING = { alertmanagers: [{ static_configs: [{ targets: [`localhost:${ALERTMANAGER_PORT}`] }] }] };
/** An Alertmanager that shows what it received, and tells nobody. */
export const ALERTMANAGER = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };

const metadata = { name: PROMETHEUS, namespace: MONITORING };
const labels = { "app.kubernetes.io/name": PROMETHEUS };

/** Debian's Alertmanager does not start without them. */
const TEMPLATES = "/usr/share/prometheus/alertmanager";
/** The machine's own binary, which is Debian's. */
const binary = (file: string) => ({ name: file, hostPath: { path: `/usr/bin/${file}`, type: "File" } });
const container = (name: string, file: string, args: readonly string[], port: number) => ({
  name,
  // Any image with a libc will do.
  image: "ghcr.io/cloudnative-pg/postgresql:15",
  command: ["sh", "-c", `mkdir -p ${SCRAPED}; exec /opt/${file} "$@"`, "sh", ...args],
  readinessProbe: { httpGet: { path: "/-/ready", port }, periodSeconds: 1 },
  volumeMounts: [
    { name: file, mountPath: `/opt/${file}` },
    { name: "configuration", mountPath: "/etc/prometheus" },
    { name: "tmp", mountPath: "/tmp" },
    { name: "templates", mountPath: TEMPLATES },
  ],
});

const pod = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 1,
  securityContext: { runAsNonRoot: true, runAsUser: 10001 },
  containers: [
    container(
      PROMETHEUS,
      "prometheus",
      [
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/tmp/data",
        "--enable-feature=exemplar-storage",
        `--web.listen-address=:${PORT}`,
      ],
      PORT,
    ),
    container(
      "alertmanager",
      "prometheus-alertmanager",
      [
        "--config.file=/etc/prometheus/alertmanager.yml",
        "--storage.path=/tmp/alerts",
        "--cluster.listen-address=",
        `--web.listen-address=:${ALERTMANAGER_PORT}`,
      ],
      ALERTMANAGER_PORT,
    ),
  ],
  volumes: [
    binary("prometheus"),
    binary("prometheus-alertmanager"),
    { name: "configuration", configMap: { name: PROMETHEUS } },
    { name: "tmp", emptyDir: {} },
    { name: "templates", hostPath: { path: TEMPLATES, type: "Directory" } },
  ],
};

/** Starts a Prometheus with an Alertmanager in one pod, with these files as their configuration. */
export async function startPrometheus(files: Readonly<Record<string, string>>): Promise<void> {
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: MONITORING } },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: files },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port: PORT }] } },
    { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, labels }, spec: pod },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["-n", MONITORING, "wait", "--for=condition=Ready", `pod/${PROMETHEUS}`, "--timeout=60s"]);
}

export const stopPrometheus = () => kubectl(["delete", "namespace", MONITORING, "--ignore-not-found"]);
