import { kubectl } from "../../../local/cluster/cluster.ts";
import { kube, kubeJson, namespace } from "../support/site.ts";

const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

interface Container {
  readonly securityContext?: object;
  readonly resources?: object;
}

/** Creates a pod in a dry run: the answer is the pod that admission would make of it, or the refusal. */
function admitted({ resources, securityContext = restricted }: Container, spec: object = {}): Promise<string> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "newcomer" },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "newcomer", image: "docker.io/library/busybox:latest", securityContext, resources }],
      ...spec,
    },
  };
  return kube(["create", "--dry-run=server", "-o", "json", "-f", "-"], JSON.stringify(pod));
}

describe("the namespace", () => {
  it("gives small limits to a pod that names none", async () => {
    const { spec } = JSON.parse(await admitted({})) as { spec: { containers: { resources: object }[] } };
    expect(spec.containers[0]!.resources).toEqual({
      limits: { cpu: "500m", memory: "256Mi" },
      requests: { cpu: "50m", memory: "64Mi" },
    });
  });

  it("refuses a container that is larger than any of its own", async () => {
    const resources = { limits: { cpu: "64", memory: "64Gi" }, requests: { cpu: "10m", memory: "16Mi" } };
    await expect(admitted({ resources })).rejects.toThrow(
      /maximum memory usage per Container is \S+, but limit is 64Gi/,
    );
  });

  it("refuses what does not fit the quota, by the sum of its containers", async () => {
    const container = {
      image: "docker.io/library/busybox:latest",
      securityContext: restricted,
      resources: { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: "500m", memory: "256Mi" } },
    };
    const containers = Array.from({ length: 30 }, (_, i) => ({ ...container, name: `c${i}` }));
    await expect(admitted({}, { containers })).rejects.toThrow(/exceeded quota: namespace-quota\S*, requested: limits/);
  });

  it.each([
    ["is privileged", { securityContext: { privileged: true } }, {}, /privileged/],
    [
      "runs as root",
      {},
      { securityContext: { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } } },
      /runAsNonRoot/,
    ],
    ["keeps capabilities", { securityContext: { allowPrivilegeEscalation: false } }, {}, /unrestricted capabilities/],
    ["may gain privileges", { securityContext: { capabilities: { drop: ["ALL"] } } }, {}, /allowPrivilegeEscalation/],
    ["has no seccomp profile", {}, { securityContext: { runAsNonRoot: true } }, /seccompProfile/],
    ["is on the node's network", {}, { hostNetwork: true }, /host namespaces/],
    ["mounts the node's folders", {}, { volumes: [{ name: "root", hostPath: { path: "/" } }] }, /hostPath/],
  ])("refuses a pod that %s", async (_, container, spec, why) => {
    const refusal = admitted(container, spec);
    await expect(refusal).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
    await expect(refusal).rejects.toThrow(why);
  });
});

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { apiVersion: string }[];
}

const isOfOperator = (name: string) => /^(postgresql\.)?cnpg\.io\//.test(name);

interface PodSpec {
  readonly volumes?: readonly { projected?: { sources: readonly { serviceAccountToken?: object }[] } }[];
}

describe("the Kubernetes API", () => {
  it("is open to no pod but the database operator's: no other has a token", async () => {
    const { items } = await kubeJson<{ items: { metadata: Metadata; spec: PodSpec }[] }>(["get", "pods"]);
    const withToken = items.filter(({ spec }) =>
      spec.volumes?.some(({ projected }) => projected?.sources.some((source) => source.serviceAccountToken)),
    );
    expect(items.length).toBeGreaterThan(withToken.length);
    const ours = withToken.filter(({ metadata }) => !Object.keys(metadata.labels ?? {}).some(isOfOperator));
    expect(ours.map(({ metadata }) => metadata.name)).toEqual([]);
  });

  const allowed = (account: string, verb: string, what: string) =>
    kubectl([
      ...["auth", "can-i", verb, what, "-n", namespace],
      ...[`--as=system:serviceaccount:${namespace}:${account}`, "--as-group=system:serviceaccounts"],
    ]).then(
      (answer) => answer.trim(),
      () => "no",
    );

  it("grants nothing to any service account but the operator's", async () => {
    const { items } = await kubeJson<{ items: { metadata: Metadata }[] }>(["get", "serviceaccounts"]);
    const ours = items.filter(({ metadata }) => !metadata.ownerReferences?.some((o) => isOfOperator(o.apiVersion)));
    const accounts = ours.map(({ metadata }) => metadata.name);
    expect(accounts).toEqual(expect.arrayContaining(["acci-framework", "default"]));
    const rights = ["secrets", "configmaps", "pods", "pods/exec", "deployments.apps", "clusters.postgresql.cnpg.io"];
    for (const account of accounts)
      for (const right of rights)
        for (const verb of ["list", "create"])
          expect([account, verb, right, await allowed(account, verb, right)]).toEqual([account, verb, right, "no"]);
  });

  it("grants the database its own cluster and its own secrets, and nobody's pods", async () => {
    expect(await allowed("postgres", "get", "clusters.postgresql.cnpg.io/postgres")).toBe("yes");
    expect(await allowed("postgres", "get", "secrets/acci-framework-migrate")).toBe("no");
    expect(await allowed("postgres", "list", "secrets")).toBe("no");
    expect(await allowed("postgres", "create", "pods")).toBe("no");
  });
});
