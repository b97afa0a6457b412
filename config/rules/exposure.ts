import type { Values } from "../schema.ts";

export function exposureRules({ exposure, restore }: Values): string[] {
  const { address, namespace } = exposure.controller;
  if (restore && !address && (namespace || exposure.gateway.existing))
    return [
      "acci:exposure.controller.address: is required with acci:restore and a controller other than the stack's own Traefik, got nothing; " +
        "set it to where the cluster reaches it by HTTPS, for example ingress-nginx-controller.ingress-nginx.svc:443",
    ];
  if (exposure.mode === "gateway" || !exposure.gateway.existing) return [];
  return [
    `acci:exposure.gateway.existing: must be unset when acci:exposure.mode is ingress, got ${exposure.gateway.existing.name}; ` +
      "set the mode to gateway, or remove the Gateway",
  ];
}
