/** Where something is reached, of what several components are told. */
import type { StackConfig } from "../config/load.ts";

/** Port of an address. Without one it is Amazon S3, by HTTPS. */
export const portOf = (endpoint = "https://s3"): number => {
  const { port, protocol } = new URL(endpoint);
  return Number(port || (protocol === "https:" ? 443 : 80));
};

/** The pods that forward public traffic: the configured ones, or Traefik's in its own namespace. */
export function controllerOf({ addons, exposure }: Pick<StackConfig, "addons" | "exposure">) {
  const { namespace = addons.traefik.namespace, podLabels } = exposure.controller;
  return { namespace, podLabels };
}

/** Host and port at which the cluster reaches the controller. */
export const routeOf = (config: Pick<StackConfig, "addons" | "exposure">): string =>
  config.exposure.controller.address ?? `traefik.${controllerOf(config).namespace}.svc:443`;
