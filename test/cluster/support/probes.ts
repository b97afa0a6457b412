import { kubectl } from "../../../local/cluster/cluster.ts";

export type Labels = Readonly<Record<string, string>>;

/** A pod that tries to connect to other pods, and listens itself. */
export interface Probe {
  readonly namespace: string;
  readonly labels: Labels;
}

/** A target of a connection. With `udp` it is sent a DNS query, because only DNS is reached over UDP. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly udp?: boolean;
}

const label = "acci.dev/probe";

/** Fails always: a probe with a component's labels must not be ready, or it would get the traffic of the component's Service. */
const neverReady = { exec: { command: ["false"] }, periodSeconds: 3600 };

function manifest(name: string, { labels, namespace }: Probe, listens: readonly number[]) {
  const serve = listens.map((port) => `httpd -p ${port} -h /tmp`).join("; ");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { ...labels, [label]: name } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image: "docker.io/library/busybox:latest",
          imagePullPolicy: "IfNotPresent",
          command: ["sh", "-c", `${serve}; exec sleep 3600`],
          readinessProbe: neverReady,
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

/** Probe pods by name. Each listens on all ports of `listens`, so that only a policy can close one of them. */
export class Probes {
  private readonly addresses = new Map<string, string>();
  private readonly probes: Readonly<Record<string, Probe>>;
  private ownNamespaces: string[] = [];

  constructor(probes: Readonly<Record<string, Probe>>) {
    this.probes = probes;
  }

  async start(listens: readonly number[]): Promise<void> {
    const entries = Object.entries(this.probes);
    const there = (await kubectl(["get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
    const wanted = new Set(entries.map(([, { namespace }]) => namespace));
    this.ownNamespaces = [...wanted].filter((name) => !there.includes(name));
    const items = [
      ...this.ownNamespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
      ...entries.map(([name, probe]) => manifest(name, probe, listens)),
    ];
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await Promise.all(entries.map(([name, { namespace }]) => this.await(name, namespace)));
  }

  private async await(name: string, namespace: string): Promise<void> {
    const started = "--for=jsonpath={.status.containerStatuses[0].started}=true";
    await kubectl(["-n", namespace, "wait", `pod/${name}`, "--timeout=60s", started]);
    const ip = await kubectl(["-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}"]);
    this.addresses.set(name, ip);
  }

  ip(name: string): string {
    return this.addresses.get(name)!;
  }

  /** Tries all addresses from a probe at once; returns which of them it can reach. */
  async reach(from: string, addresses: readonly Address[]): Promise<boolean[]> {
    const attempts = addresses.map(({ host, port, udp }, i) => {
      const attempt = udp
        ? `nslookup kubernetes.default.svc.cluster.local. ${host}`
        : `nc -w 2 ${host} ${port} < /dev/null`;
      return `(timeout 5 ${attempt} > /dev/null 2>&1 && echo ${i}) &`;
    });
    const script = `${attempts.join("\n")}\nwait`;
    const seen = await kubectl(["-n", this.probes[from]!.namespace, "exec", "-i", from, "--", "sh"], script);
    const open = new Set(seen.split("\n"));
    return addresses.map((_, i) => open.has(String(i)));
  }

  async stop(): Promise<void> {
    const namespaces = new Set(Object.values(this.probes).map(({ namespace }) => namespace));
    const remove = ["delete", "pod", "-l", label, "--ignore-not-found", "--grace-period=1"];
    await Promise.all([...namespaces].map((namespace) => kubectl(["-n", namespace, ...remove])));
    if (this.ownNamespaces.length > 0) await kubectl(["delete", "namespace", ...this.ownNamespaces]);
  }
}
