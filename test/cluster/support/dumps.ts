import type { Catalogue } from "../../../backup/catalogue/schema.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { command, type Site } from "./site.ts";

/** What `make backups` says of a stack's dumps, and by which arguments; null when there never was one. */
export const catalogueOf = async (stack: string, ...args: string[]) =>
  JSON.parse(await command("backups", `STACK=${stack}`, `ARGS=${["--json", ...args].join(" ")}`)) as Catalogue | null;

/** For a site that is not lost: it is shut out, and whatever the other one has is kept aside. */
export const evenIfAlive = { "acci:restore": { evenIfAlive: true, replace: true } };

/** Dev takes over with the newest dump, whoever is in charge, and keeps nothing of what it had. */
export async function bringDevHome(): Promise<void> {
  for (const config of [evenIfAlive, {}]) await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
  await command("confirm", "STACK=dev", "YES=1");
}

/** What a run by hand left in the cluster, by what it said: its pods, each with the exit codes of the steps that ended. */
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
