/** Of spans and logs. */
import type { TraceTarget } from "../components/addons.ts";
import { collectorAddress, collectorNamespace } from "../components/telemetry/collector.ts";
import { OTLP_PORT } from "../components/telemetry/collector-config.ts";
import type { StackConfig } from "../config/load.ts";
import { COLLECTOR } from "../kubernetes/labels.ts";
import { controllerOf, portOf } from "./addresses.ts";

type Telemetry = NonNullable<StackConfig["telemetry"]>;

/** What the application sends its spans to: a collector of this stack's own, or the address itself. */
export const collectorOf = (site: string, telemetry: Telemetry) =>
  telemetry.collector.mode === "install"
    ? { pods: { namespace: collectorNamespace(site), podLabels: COLLECTOR }, port: OTLP_PORT }
    : destinationOf(telemetry, telemetry.endpoint);

/** Whom a pod must reach to send to an address of the telemetry. */
function destinationOf({ destination: { cidrs, namespace, podLabels } }: Telemetry, address: string) {
  const port = portOf(address);
  return namespace ? { pods: { namespace, podLabels }, port } : { cidrs, port };
}

/** The collector of each node, if this stack installs it. */
export function collector(config: StackConfig) {
  const { cluster, namespace: site, telemetry } = config;
  if (telemetry?.collector.mode !== "install") return undefined;
  const { collector, endpoint } = telemetry;
  const logs = collector.logsEndpoint ?? endpoint;
  return {
    site,
    image: collector.image,
    controller: controllerOf(config),
    dns: cluster.dns,
    traces: { endpoint, ...destinationOf(telemetry, endpoint) },
    logs: { endpoint: logs, ...destinationOf(telemetry, logs) },
  };
}

export function spansOf(site: string, { collector, endpoint, protocol, sampleRatio }: Telemetry): TraceTarget {
  return collector.mode === "install"
    ? { endpoint: collectorAddress(site), protocol: "http/protobuf", sampleRatio }
    : { endpoint, protocol, sampleRatio };
}
