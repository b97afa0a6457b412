import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { kubeconfig } from "../local/lib/paths.ts";
import { project } from "../tooling/paths.ts";
import { run } from "../tooling/run.ts";
import { pulumi, pulumiEnvironment } from "../local/stack/pulumi.ts";
import type { Figure } from "./figure.ts";
import { seconds } from "./seconds.ts";

const pairs = 5;

/** The least any program with these plugins can take: it loads the same packages, starts the same plugins, and owns nothing. */
const emptyProgram = `
import * as build from "@pulumi/docker-build";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";

new k8s.Provider("kubernetes", { kubeconfig: ${JSON.stringify(kubeconfig)} });
new random.Provider("random");
new docker.Provider("docker");
new build.Provider("docker-build");
`;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

function emptyProject(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-floor-"));
  writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: floor\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "floor", type: "module", main: "index.js" }));
  writeFileSync(path.join(folder, "index.js"), emptyProgram);
  symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "state"));
  return folder;
}

/** Times a command that has nothing to do, in pairs with the empty program; the figure is the ratio of their medians. */
export async function noChange(command: "preview" | "up", bar: number): Promise<Figure> {
  const folder = emptyProject();
  const args = command === "up" ? ["up", "--yes", "--skip-preview"] : ["preview"];
  const env = { ...pulumiEnvironment(), PULUMI_BACKEND_URL: `file://${folder}/state` };
  const floor = () => run("pulumi", [...args, "--non-interactive", "--stack", "floor"], { cwd: folder, env });
  const ours = () => pulumi("dev", [...args, "--expect-no-changes"]);
  try {
    await run("pulumi", ["stack", "init", "floor", "--non-interactive"], { cwd: folder, env });
    await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "floor"], {
      cwd: folder,
      env,
    });
    await ours();
    const floors: number[] = [];
    const own: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      floors.push(await seconds(floor));
      own.push(await seconds(ours));
    }
    const detail = `${median(own).toFixed(2)} s against ${median(floors).toFixed(2)} s of an empty program with the same plugins, medians of ${pairs} pairs`;
    const value = Math.round((median(own) / median(floors)) * 100) / 100;
    return { name: command, value, unit: "times", bar, detail };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
