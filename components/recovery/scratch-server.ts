import { PROGRAMS } from "../../backup/contract/commands.ts";
import { FOLDERS } from "../../backup/contract/files.ts";
import type { SiteRole } from "../../backup/contract/shapes.ts";
import { type Grant, type Mount, type Step, step, temporary } from "./container.ts";
import { settings, variables } from "./settings.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { userOf } from "../postgres/roles.ts";
import { parseMemory } from "../../kubernetes/quantity.ts";
import { claimOf, containerSecurity, type Storage } from "../../kubernetes/workload.ts";

export const SCRATCH: Mount = { name: "scratch", mountPath: FOLDERS.scratch };

interface ScratchServerArgs extends Pick<ToolArgs, "image" | "resources"> {
  /** Indexes that are built at once. */
  readonly jobs: number;
  readonly scratch: Storage;
}

/** For each index that is built, so that all of them have a quarter of the server's memory. */
const indexMemory = ({ jobs, resources }: Pick<ScratchServerArgs, "jobs" | "resources">) =>
  `${Math.max(Math.floor(parseMemory(resources.limits.memory) / 4 / jobs), 16)}MB`;

/** Postgres that lives as long as its pod, reached through a socket: nobody else can. */
export function scratchServer({ image, jobs, resources, scratch }: ScratchServerArgs): Step {
  const answers = { exec: { command: ["pg_isready", "-h", SCRATCH.mountPath] } };
  const container = {
    name: "scratch",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: [PROGRAMS.throwawayServer],
    env: variables({ scratchFolder: SCRATCH.mountPath, scratchIndexMemory: indexMemory({ jobs, resources }) }),
    resources,
    securityContext: containerSecurity(),
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 10 },
    // A proof that keeps both processors busy is no reason to end it.
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
  };
  return step(container, [temporary, scratchFolder(scratch)]);
}

/** What the site's own server has before anything is restored into it. */
export interface SiteServer {
  readonly roles: readonly SiteRole[];
  /** In its template. */
  readonly extensions: readonly string[];
}

/** How the tools connect to it, as its superuser, to make it the site's server; restored is as the role that does so at the site. */
export const scratchLogin = ({ extensions, roles }: SiteServer): Grant =>
  settings({
    databaseHost: SCRATCH.mountPath,
    databaseName: "postgres",
    databaseUser: "postgres",
    siteRoles: roles,
    extensions,
    restoreRole: userOf("restore"),
  });

/** Data and socket of the server, on a volume that is gone with the pod. */
export const scratchFolder = (storage: Storage): Grant => ({
  mounts: [SCRATCH],
  volumes: [{ name: SCRATCH.name, ephemeral: { volumeClaimTemplate: { spec: claimOf(storage) } } }],
});
