import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { unpackWheels } from "../lib/wheels.ts";
import { replaceFolder } from "./replace.ts";
import { moduleFolder, monitoringFolder, monitoringModule } from "./upstream.ts";

const kept = inCache("schemas");
const stamp = path.join(kept, "stamp");
const requirements = path.join(import.meta.dirname, "kubernetes-schemas.txt");
/** Oldest Kubernetes minor version of the chart's kubeVersion. */
const oldestMinor = 30;

const definitions = [
  [monitoringModule, `${monitoringFolder}/monitoring.coreos.com_servicemonitors.yaml`],
  ["k8s.io/autoscaler/vertical-pod-autoscaler@v1.5.1", "deploy/vpa-v1-crd-gen.yaml"],
  ["sigs.k8s.io/gateway-api@v1.4.1", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"],
] as const;

const fingerprint = () =>
  createHash("sha256").update(readFileSync(requirements)).update(JSON.stringify(definitions)).digest("hex");

export const schemasKept = () => existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();

/**
 * Fetches the schemas: a Python package has the strict ones of every Kubernetes minor version; the add-ons have their definitions in their
 * Go modules.
 */
export async function keepSchemas(log: string): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), "acci-schemas-"));
  try {
    await unpackWheels(requirements, work, log);

    await replaceFolder(kept, async (folder) => {
      const source = path.join(work, "kubernetes_validate", "kubernetes-json-schema");
      for (const name of readdirSync(source)) {
        const minor = Number(/^v1\.(\d+)\.0-local-strict$/.exec(name)?.[1] ?? 0);
        if (minor >= oldestMinor)
          copyFileSync(path.join(source, name, "_definitions.json"), path.join(folder, `1.${minor}.json`));
      }
      for (const [module, file] of definitions)
        copyFileSync(path.join(await moduleFolder("crds", module), file), path.join(folder, path.basename(file)));
      writeFileSync(path.join(folder, "stamp"), fingerprint());
    });
  } finally {
    rmSync(work, { recursive: true });
  }
}
