import { choice, dnsLabel, list, map, pattern, ratio, section } from "./types.ts";

export const telemetry = section("Where the application's traces go, by OTLP; nowhere when unset.", {
  endpoint: pattern(
    /^https?:\/\/[^\s@]+$/,
    "an http or https address without credentials",
    "Address of the collector, or of a store that takes OTLP itself.",
    "http://otel-collector.monitoring.svc:4318",
  ),
  protocol: choice(
    ["http/protobuf", "grpc"],
    "What is spoken there. The reference application speaks http/protobuf alone.",
  ).default("http/protobuf"),
  sampleRatio: ratio("Share of the requests that are traced when their caller has not decided it.").default(1),
  collector: section("The pods behind the address, for the egress rule of the application.", {
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
}).optional();
