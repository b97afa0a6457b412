import { finderOf, type Monitor, scrapeOf, type Service, targetsOf } from "./targets.ts";

const site = (name: string) => ({ name, namespace: "acci-dev" });
const services: Service[] = [
  {
    metadata: { ...site("acci-framework"), labels: { app: "acci" } },
    spec: {
      selector: { app: "acci" },
      ports: [
        { name: "http", targetPort: 8080 },
        { name: "metrics", targetPort: "metrics" },
      ],
    },
  },
  {
    metadata: { name: "acci-framework", namespace: "acci-prod", labels: { app: "acci" } },
    spec: { selector: { app: "acci" }, ports: [{ name: "metrics", targetPort: 9090 }] },
  },
];
const ofService: Monitor = {
  kind: "ServiceMonitor",
  metadata: site("acci"),
  spec: { selector: { matchLabels: { app: "acci" } }, endpoints: [{ port: "metrics" }] },
};
const ofPods: Monitor = {
  kind: "PodMonitor",
  metadata: site("postgres"),
  spec: {
    selector: { matchLabels: { "cnpg.io/cluster": "postgres" } },
    podMetricsEndpoints: [
      {
        port: "metrics",
        path: "/probe",
        honorLabels: true,
        relabelings: [{ targetLabel: "job", replacement: "acci-postgres" }],
      },
    ],
  },
};

test("a ServiceMonitor leads to the pods of the Services of its namespace, under their names", () => {
  expect(targetsOf([ofService], services)).toEqual([
    {
      job: "acci-framework",
      namespace: "acci-dev",
      path: "/metrics",
      honorLabels: false,
      podLabels: { app: "acci" },
      port: "metrics",
    },
  ]);
});

test("a PodMonitor leads to its pods, under the name that it gives them", () => {
  expect(targetsOf([ofPods], services)).toEqual([
    {
      job: "acci-postgres",
      namespace: "acci-dev",
      path: "/probe",
      honorLabels: true,
      podLabels: { "cnpg.io/cluster": "postgres" },
      port: "metrics",
    },
  ]);
});

test("the pods are scraped at the name of the Service that finds them", () => {
  for (const target of targetsOf([ofService, ofPods], services)) {
    const { metadata, spec } = finderOf(target);
    expect(spec).toMatchObject({ clusterIP: "None", selector: target.podLabels });
    const [found] = scrapeOf(target).dns_sd_configs;
    expect(found!.names).toEqual([
      `_${spec.ports[0]!.name}._tcp.${metadata.name}.${metadata.namespace}.svc.cluster.local`,
    ]);
  }
});
