/** @needs helm */
import { pick, refusal } from "./helm.ts";
import { beside, NAME } from "./value-sets.ts";

const ON = { "telemetry.endpoint": "http://collector.monitoring.svc:4318" };
const COLLECTOR = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];

const settings = (values: object) => pick(beside(values), "ConfigMap", NAME)["data"] as Record<string, string>;
const containerOf = (values: object, kind: "initContainers" | "containers") =>
  pick(beside(values), "Deployment", NAME)["spec"].template.spec[kind][0];
const otel = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).filter(([k]) => /^OTEL_/.test(k)));

test("nothing of it is there unless asked for", () => {
  expect(otel(settings({}))).toEqual({});
  expect(containerOf({}, "containers").env.map((variable: any) => variable.name)).toEqual([
    "DATABASE_URL_FILE",
    "REDIS_URL_FILE",
  ]);
});

test("the application is told by the variables of the specification, and the caller's decision stands", () => {
  expect(otel(settings(ON))).toEqual({
    OTEL_SERVICE_NAME: NAME,
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.monitoring.svc:4318",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "1",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "128",
  });
  expect(settings({ ...ON, "telemetry.sampleRatio": "0.05" })["OTEL_TRACES_SAMPLER_ARG"]).toBe("0.05");
});

test("each pod names itself, its version and what is added, in the form of the specification", () => {
  const { env } = containerOf(
    { ...ON, "image.tag": "2.0.0", "telemetry.resourceAttributes": { "deployment.environment.name": "a,b=c" } },
    "containers",
  );
  expect(env.slice(-2)).toEqual([
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    {
      name: "OTEL_RESOURCE_ATTRIBUTES",
      value:
        "deployment.environment.name=a%2Cb%3Dc,k8s.deployment.name=acci-framework,k8s.namespace.name=acci-dev," +
        "k8s.pod.name=$(POD_NAME),service.instance.id=$(POD_NAME),service.namespace=acci-dev,service.version=2.0.0",
    },
  ]);
});

test("the migration makes no traces", () => {
  expect(containerOf(ON, "initContainers").env.map((variable: any) => variable.name)).toEqual(["DATABASE_URL_FILE"]);
});

describe("with policies of the release", () => {
  const policies = {
    ...ON,
    "networkPolicy.enabled": true,
    "networkPolicy.database.to": [{ ipBlock: { cidr: "10.1.2.3/32" } }],
    "networkPolicy.cache.to": [{ ipBlock: { cidr: "10.1.2.4/32" } }],
  };

  test("the application reaches the collector", () => {
    const on = { ...policies, "networkPolicy.telemetry": { to: COLLECTOR, port: 4317 } };
    expect(pick(beside(on), "NetworkPolicy", NAME)["spec"].egress.at(-1)).toEqual({
      to: COLLECTOR,
      ports: [{ protocol: "TCP", port: 4317 }],
    });
  });

  test("a collector that is not named is refused", () => {
    expect(refusal({ ...policies, "postgresql.enabled": false, "redis.enabled": false })).toContain(
      "networkPolicy.telemetry.to: must name the collector of telemetry.endpoint, got nothing",
    );
  });
});
