import { choice, dnsLabel, imageReference, list, map, pattern, ratio, section } from "./types.ts";

const address = (description: string, example: string) =>
  pattern(/^https?:\/\/[^\s@]+$/, "an http or https address without credentials", description, example);

export const telemetry = section("Where the application's traces go, by OTLP; nowhere when unset.", {
  endpoint: address(
    "Address of a collector, or of a store that takes OTLP itself.",
    "http://otel-collector.monitoring.svc:4318",
  ),
  protocol: choice(
    ["http/protobuf", "grpc"],
    "What is spoken there. The reference application speaks http/protobuf alone.",
  ).default("http/protobuf"),
  sampleRatio: ratio("Share of the requests that are traced when their caller has not decided it.").default(1),
  destination: section("The pods behind the address, for the egress rules.", {
    namespace: dnsLabel("Their namespace; unset when they are outside of the cluster.", "monitoring").optional(),
    podLabels: map("Their labels; all pods of the namespace when empty.", "{app.kubernetes.io/name: tempo}").default(
      {},
    ),
    cidrs: list(
      pattern(/^[0-9a-f.:]+\/\d{1,3}$/, "an address range", "Address range.", "10.1.0.0/16"),
      "Where the address is reached when it is outside of the cluster.",
      "[10.1.0.0/16]",
    ).default(["0.0.0.0/0"]),
  }).prefault({}),
  collector: section(
    "A collector of this stack's own, on each node: it ships the logs of the site's pods, and passes traces on.",
    {
      mode: choice(
        ["preinstalled", "install"],
        "Whether this stack installs it, or the application sends to the address itself.",
      ).default("preinstalled"),
      image: imageReference(
        "Image of the OpenTelemetry collector with its contributed components.",
        "docker.io/otel/opentelemetry-collector-contrib:0.148.0",
      ).default("docker.io/otel/opentelemetry-collector-contrib:0.148.0"),
      logsEndpoint: address(
        "Where it sends logs, when that is not the address of the traces.",
        "http://loki-gateway.monitoring.svc/otlp",
      ).optional(),
    },
  ).prefault({}),
}).optional();
