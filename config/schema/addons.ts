import { z } from "zod";
import { choice, dnsLabel, leaf, section, text } from "./types.ts";

const addonKeys = () => ({
  mode: choice(["install", "preinstalled"], "Whether this stack installs it or only relies on it."),
  chart: text("Chart name in the repository, a path, or an oci:// address.", "./mirror/chart.tgz").optional(),
  repository: text(
    "Chart repository; a mirror for clusters without a way out.",
    "https://charts.example.com",
  ).optional(),
  version: text("Chart version.", "1.2.3").optional(),
  values: leaf(z.record(z.string(), z.unknown()), {
    description: "Chart values that differ from this program's choice.",
    rule: "a map",
    example: "{replicaCount: 2}",
  }).optional(),
});

const namespacedKeys = (namespace: string) => ({
  ...addonKeys(),
  namespace: dnsLabel("Namespace it runs in.", namespace).default(namespace),
});

const addon = (name: string, namespace: string) =>
  section(`${name}: installed by this stack, or already in the cluster.`, namespacedKeys(namespace));

export const addons = section("Cluster add-ons the stack relies on.", {
  certManager: addon("cert-manager", "cert-manager"),
  cloudnativePg: addon("CloudNativePG", "cnpg-system"),
  traefik: section("Traefik: installed by this stack, or already in the cluster.", {
    ...namespacedKeys("traefik"),
    tlsProfile: choice(
      ["intermediate", "modern"],
      "What an installed Traefik offers over TLS, by Mozilla's guidelines: intermediate is TLS 1.2 and 1.3, modern is 1.3 alone; intermediate when unset.",
    ).optional(),
  }),
  barmanPlugin: section(
    "The Barman Cloud plugin, for acci:postgres.walArchive: installed by this stack in CloudNativePG's namespace, or already there.",
    addonKeys(),
  ).optional(),
  prometheusNamespace: dnsLabel("Namespace of the Prometheus that scrapes.", "monitoring").default("monitoring"),
});
