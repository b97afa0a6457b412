import type { Catalogue } from "../../../backup/catalogue/schema.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { command, type Site } from "./site.ts";

/** Output of `make backup-list` for a stack, with these arguments; null when the stack never had a dump. */
export const catalogueOf = async (stack: string, ...args: string[]) =>
  JSON.parse(
    await command("backup-list", `STACK=${stack}`, `ARGS=${["--json", ...args].join(" ")}`),
  ) as Catalogue | null;

/** Configuration to fail over from a site that is alive: that site is shut out, and the database that is replaced is kept. */
export const evenIfAlive = { "acci:restore": { evenIfAlive: true, replace: true } };

/** Makes dev fail over with the newest dump, whichever site is active, and drops the databases that the restore has replaced. */
export async function bringDevHome(): Promise<void> {
  for (const config of [evenIfAlive, {}]) await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
  await command("database-drop-replaced", "STACK=dev", "YES=1");
}

/** Pods of a run by hand, found by the Job that its output names, each with the exit codes of its finished steps. */
export async function podsOf(
  site: Site,
  shown: string,
): Promise<{ name: string; exitCodes: Record<string, number> }[]> {
  const job = /job ([a-z]+-by-hand-\d+)/.exec(shown)?.[1];
  if (!job) throw new Error(`must name its job, got ${shown}`);
  const { items } = await site.kubeJson<{ items: readonly Pod[] }>(["get", "pods", `--selector=job-name=${job}`]);
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    exitCodes: Object.fromEntries(
      [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap(({ name, state }) =>
        state.terminated ? [[name, state.terminated.exitCode]] : [],
      ),
    ),
  }));
}

interface ContainerStatus {
  readonly name: string;
  readonly state: { readonly terminated?: { readonly exitCode: number } };
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}
