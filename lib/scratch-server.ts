import type { ToolArgs, Variable } from "./backup-tool.ts";
import { claimOf, containerSecurity, type Storage } from "./workload.ts";

export const SCRATCH = { name: "scratch", mountPath: "/scratch" };

/** Postgres that lives as long as its pod, reached through a socket: nobody else can. */
export function scratchServer({ image, resources }: Pick<ToolArgs, "image" | "resources">) {
  const answers = { exec: { command: ["pg_isready", "-h", SCRATCH.mountPath] } };
  return {
    name: "scratch",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: ["/app/backup/scratch.sh"],
    env: [{ name: "SCRATCH", value: SCRATCH.mountPath }],
    resources,
    securityContext: containerSecurity(),
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 10 },
    // A proof that keeps both processors busy is no reason to end it.
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, SCRATCH],
  };
}

/** How the tools connect to it, as its superuser. */
export const scratchVariables: Variable[] = [
  { name: "PGHOST", value: SCRATCH.mountPath },
  { name: "PGDATABASE", value: "postgres" },
  { name: "PGUSER", value: "postgres" },
];

/** Gone with the pod. */
export const scratchVolume = (storage: Storage) => ({
  name: SCRATCH.name,
  ephemeral: { volumeClaimTemplate: { spec: claimOf(storage) } },
});
