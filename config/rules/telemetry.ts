import type { Values } from "../schema.ts";

export function telemetryRules({ telemetry }: Values): string[] {
  if (telemetry?.collector.mode !== "install") {
    return telemetry?.collector.logsEndpoint
      ? [
          `acci:telemetry.collector.logsEndpoint: must be unset when acci:telemetry.collector.mode is preinstalled, got ${telemetry.collector.logsEndpoint}; ` +
            "set the mode to install, or remove it: nothing of this stack would send logs there",
        ]
      : [];
  }
  return telemetry.protocol === "http/protobuf"
    ? []
    : [
        `acci:telemetry.protocol: must be http/protobuf with a collector of this stack's own, got ${telemetry.protocol}; ` +
          "remove it and use the store's port for HTTP, usually 4318",
      ];
}
