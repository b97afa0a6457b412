import { denyTrafficByDefault } from "./rules/deny-traffic-by-default.ts";
import { sayWhatIsNotChecked } from "./rules/say-what-is-not-checked.ts";
import { selectEveryWorkload } from "./rules/select-every-workload.ts";
import { deployment, policy, postgres, release } from "./testing/builders.ts";

const both = { policyTypes: ["Ingress", "Egress"] };
const denyAll = policy({ podSelector: {}, ...both });
const forThing = policy({ podSelector: { matchLabels: { app: "thing" } }, ingress: [{}] });
const forPostgres = policy({ podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } }, ingress: [{}] });

describe("select-every-workload", () => {
  test("passes pods with a policy of their own, the operator's too", () =>
    expect(selectEveryWorkload.checkAll([deployment(), postgres(), denyAll, forThing, forPostgres])).toEqual([]));

  test("does not count a policy for all pods, for others, in another namespace, or with expressions", () => {
    const others = policy({ podSelector: { matchLabels: { app: "other" } } });
    const elsewhere = policy({ podSelector: { matchLabels: { app: "thing" } } }, "elsewhere");
    const maybe = policy({ podSelector: { matchLabels: { app: "thing" }, matchExpressions: [{ key: "x" }] } });
    expect(selectEveryWorkload.checkAll([deployment(), denyAll, others, elsewhere, maybe])).toEqual([
      'Deployment thing: a NetworkPolicy in here must select its pods, got none for {"app":"thing"}; ' +
        "add the edges it needs in components/policies.ts",
    ]);
  });
});

describe("deny-traffic-by-default", () => {
  test("passes a closed namespace, and one without workloads", () => {
    expect(denyTrafficByDefault.checkAll([deployment(), postgres(), denyAll])).toEqual([]);
    expect(denyTrafficByDefault.checkAll([])).toEqual([]);
  });

  test.each<[string, object]>([
    ["ingress alone", { podSelector: {}, policyTypes: ["Ingress"] }],
    ["some pods", { podSelector: { matchLabels: { app: "thing" } }, ...both }],
    ["all but what it lets through", { podSelector: {}, ...both, egress: [{}] }],
  ])("is not content with denying %s", (_, spec) =>
    expect(denyTrafficByDefault.checkAll([deployment(), policy(spec)])).toEqual([
      "namespace here: a NetworkPolicy must deny all ingress and egress, got none; " +
        "add one with an empty podSelector, both policyTypes and no rules",
    ]),
  );
});

describe("say-what-is-not-checked", () => {
  test("names releases whose chart is elsewhere", () => {
    const remote = release({ chart: "traefik", repositoryOpts: { repo: "https://example.com" } }, { name: "traefik" });
    expect(sayWhatIsNotChecked.checkAll([remote, release({ chart: "./helm" })])).toEqual([
      "traefik: objects must be known to be checked, got charts that are not local; review their values by hand",
    ]);
  });

  test("is silent when all charts are local", () =>
    expect(sayWhatIsNotChecked.checkAll([release({ chart: "./helm" })])).toEqual([]));
});
