import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { fetchModules } from "./go.ts";
import { replaceFolder } from "./replace.ts";
import { versions } from "./tools.ts";

const kept = inCache("upstream");
const stamp = path.join(kept, "stamp");

/** What is kept follows from this file and from the go.mod files, whose versions it names. */
const fingerprint = () =>
  createHash("sha256")
    .update(readFileSync(import.meta.filename))
    .digest("hex");
export const upstreamKept = () => existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();
export const monitoringModule = "github.com/prometheus-operator/prometheus-operator@v0.92.1";
export const monitoringFolder = "example/prometheus-operator-crd";
export const certManagerChart = path.join(kept, "cert-manager");

/** The unpacked source of a module that a go.mod beside this file requires. */
export async function moduleFolder(of: string, module: string): Promise<string> {
  const cwd = path.join(import.meta.dirname, of);
  const found = await fetchModules(module, ["mod", "download", "-x", "-json", module], cwd);
  return (JSON.parse(found) as { Dir: string }).Dir;
}

const copy = (from: string, to: string) => cpSync(from, to, { recursive: true });

/** Does what the project's release does: the version goes into Chart.yaml, the definitions become templates. */
function assembleChart(source: string, chart: string): void {
  copy(path.join(source, "deploy/charts/cert-manager"), chart);
  const template = readFileSync(path.join(chart, "Chart.template.yaml"), "utf8");
  writeFileSync(
    path.join(chart, "Chart.yaml"),
    template.replaceAll("v0.1.0", versions.certManager).replace("{{IS_PRERELEASE}}", "false"),
  );
  rmSync(path.join(chart, "Chart.template.yaml"));
  const crds = path.join(source, "deploy/crds");
  const definitions = readdirSync(crds)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(path.join(crds, name), "utf8").replace("# Generated labels {{-", "{{-"));
  writeFileSync(
    path.join(chart, "templates/crds.yaml"),
    `{{- if .Values.installCRDs }}\n${definitions.join("\n---\n")}\n{{- end }}\n`,
  );
}

/** The definitions of a folder whose file names match, in one file. */
function joinDefinitions(folder: string, names: RegExp, file: string): void {
  const found = readdirSync(folder).filter((name) => names.test(name));
  const texts = found.sort().map((name) => readFileSync(path.join(folder, name), "utf8"));
  writeFileSync(file, texts.join("\n---\n"));
}

/** Keeps the charts and manifests that projects ship inside their Go modules. */
export const keepUpstream = () => replaceFolder(kept, fill);

async function fill(folder: string): Promise<void> {
  const manifests = path.join(folder, "manifests");
  mkdirSync(manifests);

  const operator = await moduleFolder("cluster", `github.com/cloudnative-pg/cloudnative-pg@v${versions.cloudnativePg}`);
  copyFileSync(
    path.join(operator, `releases/cnpg-${versions.cloudnativePg}.yaml`),
    path.join(manifests, "cloudnative-pg.yaml"),
  );
  const plugin = await moduleFolder(
    "cluster",
    `github.com/cloudnative-pg/plugin-barman-cloud@${versions.barmanPlugin}`,
  );
  for (const part of ["config", "kubernetes"])
    copy(path.join(plugin, part), path.join(manifests, "barman-plugin", part));
  const metrics = await moduleFolder("cluster", "sigs.k8s.io/metrics-server@v0.8.0");
  copy(path.join(metrics, "manifests/base"), path.join(manifests, "metrics-server"));
  const storage = await moduleFolder("cluster", "github.com/rancher/local-path-provisioner@v0.0.30");
  copyFileSync(path.join(storage, "deploy/local-path-storage.yaml"), path.join(manifests, "local-path-storage.yaml"));
  const certManager = await moduleFolder("certmanager", `github.com/cert-manager/cert-manager@${versions.certManager}`);
  assembleChart(certManager, path.join(folder, "cert-manager"));
  const gateway = await moduleFolder("crds", "sigs.k8s.io/gateway-api@v1.4.1");
  joinDefinitions(
    path.join(gateway, "config/crd/standard"),
    /^gateway\.networking\.k8s\.io_/,
    path.join(manifests, "gateway-api.yaml"),
  );
  // Of the operator only what it is told by: nothing here scrapes.
  const monitoring = await moduleFolder("crds", monitoringModule);
  joinDefinitions(
    path.join(monitoring, monitoringFolder),
    /_(podmonitors|prometheusrules|servicemonitors)\.yaml$/,
    path.join(manifests, "monitoring.yaml"),
  );
  writeFileSync(path.join(folder, "stamp"), fingerprint());
}
