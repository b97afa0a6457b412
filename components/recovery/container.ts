import type { types } from "@pulumi/kubernetes";
import type { Command } from "../../backup/contract/commands.ts";
import { FOLDERS } from "../../backup/contract/files.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { containerSecurity, podSecurity } from "../../kubernetes/workload.ts";
import { reference, variables } from "./settings.ts";

type Container = types.input.core.v1.Container;

/**
 * Every volume that a pod of the tools may have, in the order of its manifest. A Job whose volumes change their order would be replaced,
 * and run again.
 */
const VOLUMES = [
  "tmp",
  "work",
  "verification",
  "writer",
  "second-writer",
  "pruner",
  "second-pruner",
  "cache",
  "cache-ca",
  "database",
  "postgres-ca",
  "identity",
  "certificate",
  "kubernetes",
] as const;

type VolumeName = (typeof VOLUMES)[number];

export interface Mount {
  readonly name: VolumeName;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export type Volume = types.input.core.v1.Volume & { readonly name: VolumeName };

/** What a container is given together: variables, mounts, and the volumes of these mounts. */
export interface Grant {
  readonly env?: readonly types.input.core.v1.EnvVar[];
  readonly mounts?: readonly Mount[];
  readonly volumes?: readonly Volume[];
}

/** A container with the volumes that it mounts. */
export interface Step {
  readonly container: Container;
  readonly volumes: readonly Volume[];
}

/** Space for the temporary files of a command. */
export const temporary: Grant = {
  mounts: [{ name: "tmp", mountPath: "/tmp" }],
  volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }],
};

/** Variables for the site of a command, and for its name as holder of a lease. */
const itself = (site: ToolArgs["site"]): Grant => ({
  env: [
    ...variables({ site, storeFolder: FOLDERS.store }),
    reference("run", { fieldRef: { fieldPath: "metadata.name" } }),
  ],
});

/** User id in the image. */
const UID = 10026;

/** A container that runs one command of the tools, with its grants and nothing else. */
export function toolStep(command: Command, { image, resources, site }: ToolArgs, grants: readonly Grant[]): Step {
  const given = [itself(site), temporary, ...grants];
  return step(
    {
      name: command,
      image,
      args: [command],
      resources,
      securityContext: containerSecurity(),
      // The end of the log becomes the status of the pod, because a refusal's text says more there than an exit code.
      terminationMessagePolicy: "FallbackToLogsOnError",
      env: given.flatMap(({ env = [] }) => env),
    },
    given,
  );
}

/** Any container, with the mounts of its grants. */
export const step = (container: Container, grants: readonly Grant[]): Step => ({
  container: { ...container, volumeMounts: inOrder(grants.flatMap(({ mounts = [] }) => mounts)) },
  volumes: grants.flatMap(({ volumes = [] }) => volumes),
});

/** A pod of the tools with all volumes of its steps. Steps run one after the other; sidecars among them run until the last step ends. */
export function toolPod(steps: readonly Step[]) {
  const containers = steps.map(({ container }) => container);
  const [before, last] = [containers.slice(0, -1), containers.slice(-1)];
  const volumes = new Map(steps.flatMap((one) => one.volumes.map((volume) => [volume.name, volume])));
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(UID),
    ...(before.length > 0 ? { initContainers: before } : {}),
    containers: last,
    volumes: inOrder([...volumes.values()]),
  };
}

/** The pod of a Job, whose steps run once. */
export const jobPod = (steps: readonly Step[]) => ({ ...toolPod(steps), restartPolicy: "Never" });

const inOrder = <T extends { readonly name: VolumeName }>(given: readonly T[]): T[] =>
  given.toSorted((a, b) => VOLUMES.indexOf(a.name) - VOLUMES.indexOf(b.name));
