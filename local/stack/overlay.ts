import { buckets, storeEndpoint } from "../cluster/store.ts";
import { exporter, pooler } from "../images/list.ts";
import { apiServiceAddress, nodeAddress, ports } from "../lib/addresses.ts";
import type { Tree } from "../../tooling/maps.ts";
import { kubeconfig } from "../lib/paths.ts";
import { certManagerChart } from "../toolchain/upstream.ts";
import { versions } from "../toolchain/tools.ts";

const storeWith = (bucket: string, authority: string): Tree => ({
  endpoint: storeEndpoint,
  region: "us-east-1",
  bucket,
  caBundle: authority,
  cidrs: [`${nodeAddress}/32`],
});

/** Configuration that leads a stack to this platform; the rest is the stack's own. `prefix` is that of its dumps. */
export const overlay = (authority: string, prefix: string): Tree => ({
  "acci:cluster": {
    kubeconfig,
    context: "acci-local",
    apiServerCidrs: [`${apiServiceAddress}/32`, `${nodeAddress}/32`],
  },
  "acci:tls": { server: `https://${nodeAddress}:${ports.acme}/dir`, caBundle: authority },
  "acci:addons": {
    certManager: { mode: "install", chart: certManagerChart, version: versions.certManager },
    cloudnativePg: { mode: "preinstalled" },
    traefik: { mode: "preinstalled" },
    barmanPlugin: { mode: "preinstalled" },
  },
  "acci:backups": {
    store: storeWith(buckets.backup, authority),
    offsite: { store: { ...storeWith(buckets.offsite, authority), prefix } },
  },
  // Debian's versions, because the platform's images are built from its packages.
  "acci:postgres": {
    image: "ghcr.io/cloudnative-pg/postgresql:15",
    pooler: { image: pooler },
  },
  "acci:redis": { image: "docker.io/library/redis:7.0", exporter: { image: exporter } },
});
