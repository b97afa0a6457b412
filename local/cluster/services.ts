import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dnsAddress, node, nodeAddress, podRange, ports, registry, serviceRange } from "../lib/addresses.ts";
import { inState, kubeconfig, logs, pki } from "../lib/paths.ts";
import { bin, inCache, project } from "../../tooling/paths.ts";
import { accounts, rootKey } from "./store.ts";

/** A long-running process of the platform, which the supervisor starts and restarts. */
export interface Service {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const etcd = "http://127.0.0.1:2379";
const config = (name: string) => inState("config", name);
const kube = path.join(bin, "kube");
const key = (name: string) => path.join(pki, `${name}.key`);
const certificate = (name: string) => path.join(pki, `${name}.crt`);
/** Who did what, by the API server. The numbers at its flags are megabytes and older files. */
export const auditLog = path.join(logs, "audit.log");
const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

function writeContainerd(): void {
  writeFileSync(
    config("containerd.toml"),
    `version = 2
root = "${inState("containerd")}"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  # Without CAP_SYS_RESOURCE, as in many containers, no sandbox would start.
  restrict_oom_score_adj = true
  sandbox_image = "registry.k8s.io/pause:3.10"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${config("cni")}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${config("certs.d")}"
`,
  );
  // Images are pulled from the platform's registry, whatever registry their name has.
  mkdirSync(config("certs.d/_default"), { recursive: true });
  writeFileSync(
    config("certs.d/_default/hosts.toml"),
    `[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  mkdirSync(config("cni"), { recursive: true });
  const ipam = {
    type: "host-local",
    dataDir: inState("cni"),
    ranges: [[{ subnet: podRange }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  writeFileSync(
    config("cni/10-pods.conflist"),
    JSON.stringify({
      cniVersion: "0.4.0",
      name: "pods",
      plugins: [
        { type: "ptp", ipMasq: true, ipam },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    }),
  );
}

function writeKubelet(): void {
  writeFileSync(
    config("kubelet.json"),
    JSON.stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      cgroupDriver: "cgroupfs",
      cgroupRoot: "/acci",
      containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
      authentication: {
        x509: { clientCAFile: certificate("ca") },
        webhook: { enabled: true },
        anonymous: { enabled: false },
      },
      authorization: { mode: "Webhook" },
      clusterDNS: [dnsAddress],
      clusterDomain: "cluster.local",
      failSwapOn: false,
      failCgroupV1: false,
      resolvConf: "",
      tlsCertFile: certificate("node"),
      tlsPrivateKeyFile: key("node"),
      // Absolute limits, because percentages of the disk are meaningless on a machine that is mostly used for something else.
      evictionHard: { "memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi" },
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      shutdownGracePeriod: "0s",
    }),
  );
}

function writeRegistry(): void {
  writeFileSync(
    config("registry.json"),
    JSON.stringify({
      version: 0.1,
      log: { accesslog: { disabled: true }, level: "warn" },
      // In the cache, because images are expensive to build and the same for every cluster.
      storage: { filesystem: { rootdirectory: inCache("registry") }, delete: { enabled: true } },
      http: { addr: `${nodeAddress}:${ports.registry}` },
    }),
  );
}

function writeAcme(): void {
  writeFileSync(
    config("pebble.json"),
    JSON.stringify({
      pebble: {
        listenAddress: `${nodeAddress}:${ports.acme}`,
        managementListenAddress: `${nodeAddress}:${ports.acmeManagement}`,
        certificate: certificate("services"),
        privateKey: key("services"),
        httpPort: 80,
        tlsPort: 443,
        ocspResponderURL: "",
        externalAccountBindingRequired: false,
      },
    }),
  );
}

const apiServer = () =>
  flags({
    "etcd-servers": etcd,
    "service-cluster-ip-range": serviceRange,
    "bind-address": nodeAddress,
    "advertise-address": nodeAddress,
    "tls-cert-file": certificate("apiserver"),
    "tls-private-key-file": key("apiserver"),
    "client-ca-file": certificate("ca"),
    "authorization-mode": "Node,RBAC",
    "allow-privileged": true,
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": path.join(pki, "sa.pub"),
    "service-account-signing-key-file": key("sa"),
    "kubelet-client-certificate": certificate("apiserver"),
    "kubelet-client-key": key("apiserver"),
    "kubelet-certificate-authority": certificate("ca"),
    // By address, because no DNS has the node's name and `kubectl logs` would fail.
    "kubelet-preferred-address-types": "InternalIP",
    "requestheader-client-ca-file": certificate("ca"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "proxy-client-cert-file": certificate("front-proxy"),
    "proxy-client-key-file": key("front-proxy"),
    "enable-aggregator-routing": true,
    "audit-policy-file": config("audit-policy.yaml"),
    "audit-log-path": auditLog,
    "audit-log-maxsize": 20,
    "audit-log-maxbackup": 1,
    profiling: false,
  });

/** Writes the configuration files and returns every process of the platform in start order. */
export function writeServices(): Service[] {
  mkdirSync(inState("config"), { recursive: true });
  mkdirSync(inState("store"), { recursive: true });
  mkdirSync(inCache("registry"), { recursive: true });
  writeContainerd();
  copyFileSync(path.join(project, "docs", "audit-policy.yaml"), config("audit-policy.yaml"));
  writeKubelet();
  writeRegistry();
  writeAcme();

  const as = (name: string) => ({ kubeconfig: inState("kubeconfig", name) });
  const root = rootKey();
  return [
    {
      name: "etcd",
      command: [
        "etcd",
        ...flags({
          "data-dir": inState("etcd"),
          "listen-client-urls": etcd,
          "advertise-client-urls": etcd,
          "listen-peer-urls": "http://127.0.0.1:2380",
        }),
        "--unsafe-no-fsync",
      ],
    },
    { name: "containerd", command: ["containerd", "--config", config("containerd.toml")] },
    { name: "registry", command: ["docker-registry", "serve", config("registry.json")] },
    // Less garbage collection: it took a third of the processor time, with less than 300 MB in use.
    { name: "apiserver", command: [kube, "kube-apiserver", ...apiServer()], env: { GOGC: "300", GOMEMLIMIT: "1GiB" } },
    {
      name: "controller-manager",
      command: [
        kube,
        "kube-controller-manager",
        ...flags({
          ...as("controller-manager"),
          "service-account-private-key-file": key("sa"),
          "root-ca-file": certificate("ca"),
          "cluster-signing-cert-file": certificate("ca"),
          "cluster-signing-key-file": key("ca"),
          "use-service-account-credentials": true,
          "cluster-cidr": podRange,
          "allocate-node-cidrs": true,
          "leader-elect": false,
        }),
      ],
    },
    { name: "scheduler", command: [kube, "kube-scheduler", ...flags({ ...as("scheduler"), "leader-elect": false })] },
    {
      name: "kubelet",
      command: [
        kube,
        "kubelet",
        ...flags({ ...as("node"), config: config("kubelet.json"), "hostname-override": node, "node-ip": nodeAddress }),
      ],
    },
    {
      name: "kube-proxy",
      command: [
        kube,
        "kube-proxy",
        ...flags({
          ...as("proxy"),
          "proxy-mode": "iptables",
          "cluster-cidr": podRange,
          "hostname-override": node,
          // 0 leaves these unchanged: only the machine's first network namespace may change them.
          "conntrack-max-per-core": 0,
          "conntrack-min": 0,
          "conntrack-tcp-timeout-established": "0s",
          "conntrack-tcp-timeout-close-wait": "0s",
        }),
      ],
    },
    {
      name: "network-policies",
      command: [
        kube,
        "network-policies",
        ...flags({ kubeconfig, "hostname-override": node, "service-cluster-ip-range": serviceRange }),
      ],
    },
    {
      name: "store",
      command: [
        path.join(bin, "versitygw"),
        ...["--port", `${nodeAddress}:${ports.store}`, "--cert", certificate("services"), "--key", key("services")],
        ...["--iam-dir", accounts, "posix", inState("store")],
      ],
      env: { ROOT_ACCESS_KEY_ID: root.accessKeyId, ROOT_SECRET_ACCESS_KEY: root.secretAccessKey },
    },
    {
      name: "acme",
      command: [path.join(bin, "pebble"), "-config", config("pebble.json"), "-dnsserver", `${dnsAddress}:53`],
      env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
    },
  ];
}
