import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";

/** Seconds of the long phases on two idle processors with an empty cache; docs/performance.md. */
const typical: Readonly<Record<string, number>> = {
  "building kube": 414,
  "building coredns": 14,
  "building cloudnative-pg": 37,
  "building helm": 12,
  "building metrics-server": 8,
  "building plugin-barman-cloud": 10,
  "building local-path-provisioner": 4,
  "building pulumi": 88,
  "building versitygw": 26,
  "building cert-manager-controller": 76,
  "building cert-manager-webhook": 11,
  "image docker.io/library/debian:bookworm-slim": 50,
  "image docker.io/library/node:24-bookworm-slim": 17,
  "image docker.io/library/busybox:latest": 15,
  "image ghcr.io/cloudnative-pg/postgresql:15": 40,
  "image docker.io/library/rust:1.95-slim-bookworm": 107,
  "image gcr.io/distroless/cc-debian12:nonroot": 25,
  "operators and route": 32,
  "pulumi up": 180,
};
/** Seconds of every other phase. */
const SHORT = 5;

/** A shorter phase is not recorded: it found its work done, which predicts nothing for the next time it is not. */
const WORTH_KEEPING = 2;

const file = inCache("durations.json");
const measured = (): Record<string, number> =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};

/** Seconds that a phase took here last time, or typically takes. */
export const expected = (phase: string): number | undefined => measured()[phase] ?? typical[phase];

/** Expected seconds of several phases together. */
export const total = (phases: readonly string[]) => phases.reduce((sum, phase) => sum + (expected(phase) ?? SHORT), 0);

export function remember(phase: string, seconds: number): void {
  if (seconds < WORTH_KEEPING) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...measured(), [phase]: Math.round(seconds) }, null, 2));
}

export const duration = (seconds: number) =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
