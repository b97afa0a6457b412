import type { Values } from "../schema.ts";

export function addonsRules({ addons }: Values): string[] {
  return (["certManager", "cloudnativePg", "traefik", "barmanPlugin"] as const).flatMap((name) => {
    const addon = addons[name];
    if (addon?.mode !== "install" || addon.version || isLocalChart(addon.chart)) return [];
    return [`acci:addons.${name}.version: is required to install it, got nothing; set it to the chart version`];
  });
}

/** A chart that is a file or a folder: it needs neither a repository nor a version. */
export const isLocalChart = (chart: string | undefined): boolean => /^[./]|\.tgz$/.test(chart ?? "");
