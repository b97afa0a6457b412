import type { Values } from "../schema.ts";

export const addonsRules = ({ addons }: Values): string[] => [...versionRules(addons), ...tlsProfileRules(addons)];

function versionRules(addons: Values["addons"]): string[] {
  return (["certManager", "cloudnativePg", "traefik", "barmanPlugin"] as const).flatMap((name) => {
    const addon = addons[name];
    if (addon?.mode !== "install" || addon.version || isLocalChart(addon.chart)) return [];
    return [`acci:addons.${name}.version: is required to install it, got nothing; set it to the chart version`];
  });
}

/** A Traefik that is there already has TLS options of its own, and one more default would make it drop both. */
function tlsProfileRules({ traefik: { mode, tlsProfile } }: Values["addons"]): string[] {
  if (mode === "install" || !tlsProfile) return [];
  return [
    `acci:addons.traefik.tlsProfile: must be unset when Traefik is preinstalled, got ${tlsProfile}; set the TLS options of that Traefik`,
  ];
}

/** A chart that is a file or a folder: it needs neither a repository nor a version. */
export const isLocalChart = (chart: string | undefined): boolean => /^[./]|\.tgz$/.test(chart ?? "");
