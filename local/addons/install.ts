import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { kubectl } from "../cluster/cluster.ts";
import { pluginCertificates } from "../cluster/pki.ts";
import { dnsAddress, nodeAddress } from "../lib/addresses.ts";
import { inState } from "../lib/paths.ts";
import { inCache } from "../../tooling/paths.ts";
import { until } from "../../tooling/until.ts";

const settings: Record<string, string> = {
  DNS_ADDRESS: dnsAddress,
  NODE_ADDRESS: nodeAddress,
  VOLUME_FOLDER: inState("volumes"),
};

/** Copies our manifests and the projects' own into one folder, and fills in this machine's values. */
function assemble(): string {
  const folder = inState("addons");
  rmSync(folder, { recursive: true, force: true });
  cpSync(inCache("upstream", "manifests"), path.join(folder, "upstream"), { recursive: true });
  for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(path.join(import.meta.dirname, file), "utf8");
    writeFileSync(
      path.join(folder, file),
      text.replace(/\b(DNS_ADDRESS|NODE_ADDRESS|VOLUME_FOLDER)\b/g, (name) => settings[name]!),
    );
  }
  return folder;
}

const deployments = [
  ["kube-system", "coredns"],
  ["kube-system", "metrics-server"],
  ["local-path-storage", "local-path-provisioner"],
  ["traefik", "traefik"],
  ["cnpg-system", "cnpg-controller-manager"],
  ["cnpg-system", "barman-cloud"],
] as const;

/** Installs what a production cluster is expected to have, and waits until it works. */
export async function installAddons(): Promise<void> {
  const folder = assemble();
  // Definitions first: an object of a kind is accepted only when its definition exists.
  const definitions = ["-f", path.join(folder, "upstream", "gateway-api.yaml")];
  await kubectl(["apply", "--server-side", "--force-conflicts", ...definitions]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", ...definitions]);
  await kubectl(["apply", "--server-side", "--force-conflicts", "-k", folder]);
  await kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], await pluginSecrets());
  for (const [namespace, name] of deployments)
    await kubectl(["-n", namespace, "rollout", "status", "--timeout=180s", `deployment/${name}`]);
  // The operator's webhooks answer a little after its pod is ready; until then nothing can be created.
  await until("CloudNativePG webhook", 60, async () => {
    await kubectl(["apply", "--dry-run=server", "-f", "-"], probe);
    return true;
  });
}

async function pluginSecrets(): Promise<string> {
  const items = Object.entries(await pluginCertificates()).map(([side, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `barman-cloud-${side}-tls`, namespace: "cnpg-system", labels: { "cnpg.io/reload": "true" } },
    type: "kubernetes.io/tls",
    stringData,
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

const probe = JSON.stringify({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "probe", namespace: "default" },
  spec: { instances: 1, storage: { size: "1Gi" } },
});
