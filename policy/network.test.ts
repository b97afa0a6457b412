import { requireDefaultDeny } from "./rules/require-default-deny.ts";
import { reportUncheckedCharts } from "./rules/report-unchecked-charts.ts";
import { requireNetworkPolicies } from "./rules/require-network-policies.ts";
import { deployment, policy, postgres, release } from "./testing/builders.ts";

const both = { policyTypes: ["Ingress", "Egress"] };
const denyAll = policy({ podSelector: {}, ...both });
const forThing = policy({ podSelector: { matchLabels: { app: "thing" } }, ingress: [{}] });
const forPostgres = policy({ podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } }, ingress: [{}] });

describe("require-network-policies", () => {
  test("passes pods with a policy of their own, the operator's too", () =>
    expect(requireNetworkPolicies.checkAll([deployment(), postgres(), denyAll, forThing, forPostgres])).toEqual([]));

  test("does not count a policy for all pods, for others, in another namespace, or with expressions", () => {
    const others = policy({ podSelector: { matchLabels: { app: "other" } } });
    const elsewhere = policy({ podSelector: { matchLabels: { app: "thing" } } }, "elsewhere");
    const maybe = policy({ podSelector: { matchLabels: { app: "thing" }, matchExpressions: [{ key: "x" }] } });
    expect(requireNetworkPolicies.checkAll([deployment(), denyAll, others, elsewhere, maybe])).toEqual([
      'Deployment thing: a NetworkPolicy in here must select its pods, got none for {"app":"thing"}; ' +
        "add the edges it needs in components/network-policies.ts",
    ]);
  });
});

describe("require-default-deny", () => {
  test("passes a closed namespace, and one without workloads", () => {
    expect(requireDefaultDeny.checkAll([deployment(), postgres(), denyAll])).toEqual([]);
    expect(requireDefaultDeny.checkAll([])).toEqual([]);
  });

  test.each<[string, object]>([
    ["ingress alone", { podSelector: {}, policyTypes: ["Ingress"] }],
    ["some pods", { podSelector: { matchLabels: { app: "thing" } }, ...both }],
    ["all but what it lets through", { podSelector: {}, ...both, egress: [{}] }],
  ])("is not content with denying %s", (_, spec) =>
    expect(requireDefaultDeny.checkAll([deployment(), policy(spec)])).toEqual([
      "namespace here: a NetworkPolicy must deny all ingress and egress, got none; " +
        "add one with an empty podSelector, both policyTypes and no rules",
    ]),
  );
});

describe("report-unchecked-charts", () => {
  test("names releases whose chart is elsewhere", () => {
    const remote = release({ chart: "traefik", repositoryOpts: { repo: "https://example.com" } }, { name: "traefik" });
    expect(reportUncheckedCharts.checkAll([remote, release({ chart: "./helm" })])).toEqual([
      "traefik: objects must be known to be checked, got charts that are not local; review their values by hand",
    ]);
  });

  test("is silent when all charts are local", () =>
    expect(reportUncheckedCharts.checkAll([release({ chart: "./helm" })])).toEqual([]));
});
