import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { kubeconfig } from "../local/lib/paths.ts";
import { project } from "../tooling/paths.ts";
import { run } from "../tooling/run.ts";
import { pulumi, pulumiEnvironment } from "../local/stack/pulumi.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";
import { peerOf } from "./peer.ts";
import { seconds } from "./seconds.ts";

const rounds = 5;

type Command = "preview" | "up";

/** The minimum for any program with these plugins: it imports the same packages, starts the same plugins, and has no resource. */
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

interface Times {
  readonly floors: readonly number[];
  readonly own: readonly number[];
  readonly peers: readonly number[];
  /** Description of what the peer runs. */
  readonly peer: string;
}

const measured = new Map<Command, Promise<Times>>();

/** Measures a command once, because two figures share these minutes of work. */
function measure(command: Command): Promise<Times> {
  const known = measured.get(command) ?? measureRounds(command);
  measured.set(command, known);
  return known;
}

/**
 * Times a command that has nothing to change, in rounds with the empty program and, for a preview, with the peer: the commands that show
 * the same without Pulumi.
 */
async function measureRounds(command: Command): Promise<Times> {
  const folder = emptyProject();
  const args = command === "up" ? ["up", "--yes", "--skip-preview"] : ["preview"];
  const env = { ...pulumiEnvironment(), PULUMI_BACKEND_URL: `file://${folder}/state` };
  const floor = () => run("pulumi", [...args, "--non-interactive", "--stack", "floor"], { cwd: folder, env });
  const ours = () => pulumi("dev", [...args, "--expect-no-changes"]);
  const times = { floors: [] as number[], own: [] as number[], peers: [] as number[] };
  try {
    await run("pulumi", ["stack", "init", "floor", "--non-interactive"], { cwd: folder, env });
    await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "floor"], {
      cwd: folder,
      env,
    });
    const peer = command === "preview" ? await peerOf("dev", path.join(folder, "peer")) : undefined;
    await ours();
    await peer?.preview();
    for (let round = 0; round < rounds; round++) {
      times.floors.push(await seconds(floor));
      times.own.push(await seconds(ours));
      if (peer) times.peers.push(await seconds(peer.preview));
    }
    return { ...times, peer: peer?.detail ?? "" };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ratio = (own: readonly number[], other: readonly number[]) =>
  Math.round((median(own) / median(other)) * 100) / 100;

const compared = (own: readonly number[], other: readonly number[], what: string) =>
  `${median(own).toFixed(2)} s against ${median(other).toFixed(2)} s of ${what}, medians of ${rounds} rounds`;

/** Time of a command that has nothing to change, against an empty program with the same plugins. */
export async function noChange(command: Command, bar: number): Promise<Figure> {
  const { floors, own } = await measure(command);
  const detail = compared(own, floors, "an empty program with the same plugins");
  return { name: command, value: ratio(own, floors), unit: "times", bar, detail };
}

/** Time of a preview without changes, against the commands that show the same without Pulumi, on the same objects in the same rounds. */
export async function previewPeer(): Promise<Figure> {
  const { own, peer, peers } = await measure("preview");
  return { name: "preview-peer", value: ratio(own, peers), unit: "times", bar: 1, detail: compared(own, peers, peer) };
}
