import { disallowHostNamespaces } from "./rules/disallow-host-namespaces.ts";
import { requireResourceLimits } from "./rules/require-resource-limits.ts";
import { requireProbes } from "./rules/require-probes.ts";
import { restrictPodSecurity } from "./rules/restrict-pod-security.ts";
import { disallowServiceAccountTokens } from "./rules/disallow-service-account-tokens.ts";
import { deployment, findings, goodContainer, goodPod, postgres, running, subject } from "./testing/builders.ts";

const WHERE = "Deployment thing, container main";
const template = { template: { spec: { ...goodPod, containers: [{ ...goodContainer, livenessProbe: undefined }] } } };

test.each([
  requireResourceLimits,
  requireProbes,
  restrictPodSecurity,
  disallowServiceAccountTokens,
  disallowHostNamespaces,
])("$name passes a good pod, and what runs none", (rule) =>
  expect(findings(rule, deployment(), postgres(), subject("random:index:X", {}))).toEqual([]),
);

test("require-resource-limits names each amount that is missing", () => {
  const resources = { limits: { memory: "1Gi" }, requests: { cpu: "1", memory: "1Gi" } };
  const message = (where: string) =>
    `${where}: resources.limits.cpu must be set, got nothing; give it the amount the container was measured to need`;
  expect(findings(requireResourceLimits, running({ resources }))).toEqual([message(WHERE)]);
  expect(findings(requireResourceLimits, postgres({ resources }))).toEqual([message("Cluster thing")]);
  expect(findings(requireResourceLimits, running({ resources: undefined }))).toHaveLength(4);
});

describe("require-probes", () => {
  test("names each probe that is missing", () =>
    expect(findings(requireProbes, running({ readinessProbe: undefined }))).toEqual([
      `${WHERE}: readinessProbe must be set, got nothing; without it a container that hangs stays in service`,
    ]));

  test("asks none of what ends by itself, but does of a sidecar", () => {
    const bare = { ...goodContainer, name: "first", livenessProbe: undefined };
    expect(findings(requireProbes, deployment({ initContainers: [bare] }))).toEqual([]);
    expect(
      findings(requireProbes, deployment({ initContainers: [{ ...bare, restartPolicy: "Always" }] })),
    ).toHaveLength(1);
    const job = subject("kubernetes:batch/v1:Job", { spec: template });
    const cron = subject("kubernetes:batch/v1:CronJob", { spec: { jobTemplate: { spec: template } } });
    const once = subject("kubernetes:core/v1:Pod", { spec: { ...template.template.spec, restartPolicy: "Never" } });
    expect(findings(requireProbes, job, cron, once)).toEqual([]);
  });
});

describe("restrict-pod-security", () => {
  const good = goodContainer.securityContext;

  test.each<[string, object, string]>([
    ["allowPrivilegeEscalation", { ...good, allowPrivilegeEscalation: true }, "must be false, got true"],
    ["privileged", { ...good, privileged: true }, "must be false, got true"],
    ["readOnlyRootFilesystem", { ...good, readOnlyRootFilesystem: undefined }, "must be true, got nothing"],
    ["capabilities.drop", { ...good, capabilities: { drop: ["KILL"] } }, 'must be ["ALL"], got ["KILL"]'],
    [
      "capabilities.add",
      { ...good, capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } },
      'must be empty, got ["SYS_ADMIN"]',
    ],
    ["runAsNonRoot", { ...good, runAsNonRoot: false }, "must be true, got false"],
    ["runAsUser", { ...good, runAsUser: 0 }, "must be another user than root, got 0"],
    [
      "seccompProfile.type",
      { ...good, seccompProfile: { type: "Unconfined" } },
      'must be RuntimeDefault, got "Unconfined"',
    ],
  ])("refuses %s", (field, securityContext, problem) =>
    expect(findings(restrictPodSecurity, running({ securityContext }))).toEqual([
      `${WHERE}: securityContext.${field} ${problem}; set it in the container's or the pod's securityContext`,
    ]),
  );

  test("takes the pod's word where the container says nothing", () =>
    expect(findings(restrictPodSecurity, deployment({ securityContext: {} }))).toHaveLength(2));

  test("looks into pods, jobs and cron jobs", () => {
    const bad = { containers: [{ name: "main" }] };
    const found = [
      subject("kubernetes:core/v1:Pod", { spec: bad }),
      subject("kubernetes:batch/v1:Job", { spec: { template: { spec: bad } } }),
      subject("kubernetes:batch/v1:CronJob", { spec: { jobTemplate: { spec: { template: { spec: bad } } } } }),
      subject("kubernetes:apps/v1:DaemonSet", { spec: { template: { spec: bad } } }),
    ].map((pod) => findings(restrictPodSecurity, pod).length);
    expect(found).toEqual([5, 5, 5, 5]);
  });
});

test("disallow-service-account-tokens wants it said, as the default is to mount one", () =>
  expect(findings(disallowServiceAccountTokens, deployment({ automountServiceAccountToken: undefined }))).toEqual([
    "Deployment thing: automountServiceAccountToken must be false, got nothing; set it, or waive the resource in policy/waivers.ts",
  ]));

test("disallow-host-namespaces refuses each way there", () => {
  const volumes = [
    { name: "docker", hostPath: { path: "/var/run" } },
    { name: "scratch", emptyDir: {} },
  ];
  const containers = [{ ...goodContainer, ports: [{ containerPort: 80, hostPort: 80 }] }];
  expect(
    findings(disallowHostNamespaces, deployment({ hostNetwork: true, hostPID: true, volumes, containers })),
  ).toEqual([
    "Deployment thing: hostNetwork must be unset, got true; give the pod a Service or a volume of its own",
    "Deployment thing: hostPID must be unset, got true; give the pod a Service or a volume of its own",
    `${WHERE}: hostPort must be unset, got 80; use a Service`,
    'Deployment thing: volume docker must not be a hostPath, got "/var/run"; use a claim or an emptyDir',
  ]);
});
