import type { ToolArgs, Variable } from "./backup-tool.ts";
import { type SiteRole, userOf } from "../postgres/roles.ts";
import { parseMemory } from "../../kubernetes/quantity.ts";
import { claimOf, containerSecurity, type Storage } from "../../kubernetes/workload.ts";

export const SCRATCH = { name: "scratch", mountPath: "/scratch" };

interface ScratchServerArgs extends Pick<ToolArgs, "image" | "resources"> {
  /** Indexes that are built at once. */
  readonly jobs: number;
}

/** For each index that is built, so that all of them have a quarter of the server's memory. */
const indexMemory = ({ jobs, resources }: ScratchServerArgs) =>
  `${Math.max(Math.floor(parseMemory(resources.limits.memory) / 4 / jobs), 16)}MB`;

/** Postgres that lives as long as its pod, reached through a socket: nobody else can. */
export function scratchServer(args: ScratchServerArgs) {
  const { image, resources } = args;
  const answers = { exec: { command: ["pg_isready", "-h", SCRATCH.mountPath] } };
  return {
    name: "scratch",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: ["/app/backup/scratch.sh"],
    env: [
      { name: "SCRATCH", value: SCRATCH.mountPath },
      { name: "SCRATCH_INDEX_MEMORY", value: indexMemory(args) },
    ],
    resources,
    securityContext: containerSecurity(),
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 10 },
    // A proof that keeps both processors busy is no reason to end it.
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, SCRATCH],
  };
}

/** What the site's own server has before anything is restored into it. */
export interface SiteServer {
  readonly roles: readonly SiteRole[];
  /** In its template. */
  readonly extensions: readonly string[];
}

/** How the tools connect to it, as its superuser, to make it the site's server; restored is as the role that does so at the site. */
export const scratchVariables = ({ extensions, roles }: SiteServer): Variable[] => [
  { name: "PGHOST", value: SCRATCH.mountPath },
  { name: "PGDATABASE", value: "postgres" },
  { name: "PGUSER", value: "postgres" },
  { name: "ACCI_ROLES", value: JSON.stringify(roles) },
  { name: "ACCI_EXTENSIONS", value: extensions.join(",") },
  { name: "ACCI_RESTORE_ROLE", value: userOf("restore") },
];

/** Gone with the pod. */
export const scratchVolume = (storage: Storage) => ({
  name: SCRATCH.name,
  ephemeral: { volumeClaimTemplate: { spec: claimOf(storage) } },
});
