import { PROGRAMS } from "../../backup/contract/commands.ts";
import { FOLDERS } from "../../backup/contract/files.ts";
import type { SiteRole } from "../../backup/contract/shapes.ts";
import { type Grant, type Mount, type Step, step, temporary } from "./container.ts";
import { settings, variables } from "./settings.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { userOf } from "../postgres/roles.ts";
import { parseMemory } from "../../kubernetes/quantity.ts";
import { claimOf, containerSecurity, type Storage } from "../../kubernetes/workload.ts";

export const VERIFICATION: Mount = { name: "verification", mountPath: FOLDERS.verification };

interface VerificationServerArgs extends Pick<ToolArgs, "image" | "resources"> {
  /** Indexes that are built at the same time. */
  readonly parallelism: number;
  readonly verification: Storage;
}

/** Memory for each index build, so that all of them together have a quarter of the server's memory. */
const indexMemory = ({ parallelism, resources }: Pick<VerificationServerArgs, "parallelism" | "resources">) =>
  `${Math.max(Math.floor(parseMemory(resources.limits.memory) / 4 / parallelism), 16)}MB`;

/** Postgres that lives as long as its pod, reachable only through a Unix socket. */
export function verificationServer({ image, parallelism, resources, verification }: VerificationServerArgs): Step {
  const answers = { exec: { command: ["pg_isready", "-h", VERIFICATION.mountPath] } };
  const container = {
    name: "verification-server",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: [PROGRAMS.verificationServer],
    env: variables({
      verificationFolder: VERIFICATION.mountPath,
      verificationIndexMemory: indexMemory({ parallelism, resources }),
    }),
    resources,
    securityContext: containerSecurity(),
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 10 },
    // Lenient, because a verification may keep both processors busy.
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
  };
  return step(container, [temporary, verificationFolder(verification)]);
}

/** What the site's own server has before anything is restored to it. */
export interface SiteServer {
  readonly roles: readonly SiteRole[];
  /** Extensions in its template database. */
  readonly extensions: readonly string[];
}

/**
 * Variables by which the tools connect as superuser, to make the server resemble the site's. The restore itself runs as the role that
 * restores at the site.
 */
export const verificationLogin = ({ extensions, roles }: SiteServer): Grant =>
  settings({
    databaseHost: VERIFICATION.mountPath,
    databaseName: "postgres",
    databaseUser: "postgres",
    siteRoles: roles,
    extensions,
    restoreRole: userOf("restore"),
  });

/** Data and socket of the server, on a volume that is deleted with the pod. */
export const verificationFolder = (storage: Storage): Grant => ({
  mounts: [VERIFICATION],
  volumes: [{ name: VERIFICATION.name, ephemeral: { volumeClaimTemplate: { spec: claimOf(storage) } } }],
});
