import * as pulumi from "@pulumi/pulumi";
import { RELEASES } from "../backup/contract/rollout.ts";
import { HelmHistory, type Revision } from "./records.ts";
import { clearInterrupted, repaired, repairFor } from "./interrupted.ts";
import { type KubeApi } from "../kubernetes/api.ts";
import type { Values } from "../config/schema.ts";

/** Text at the end of a release's description, by release. Undefined: the release is as the last update left it. */
export type ReleaseNotes = Readonly<Record<string, string | undefined>>;

interface Owned {
  readonly name: string;
  readonly namespace: string;
  /** Descriptions of revisions that an update has made. */
  readonly ours: RegExp;
}

const NOTE = /after revision \d+$/;
/** Descriptions that are Helm's own, or our note. */
const BY_DEFAULT = /^(Install complete|Upgrade complete|after revision \d+)$/;

/** Releases that this stack owns; `preinstalled` add-ons belong to someone else. */
export function ownReleases({ addons, namespace, rollout }: Pick<Values, "namespace" | "addons" | "rollout">): Owned[] {
  const { barmanPlugin, certManager, cloudnativePg, traefik } = addons;
  const known = [
    { name: "cert-manager", ...certManager },
    { name: "cloudnative-pg", ...cloudnativePg },
    { name: "plugin-barman-cloud", namespace: cloudnativePg.namespace, ...barmanPlugin },
    { name: "traefik", ...traefik },
  ];
  return [
    { name: RELEASES.stable, namespace, ours: /^chart / },
    ...(rollout?.strategy === "canary" ? [{ name: RELEASES.canary, namespace, ours: /^chart / }] : []),
    ...known
      .filter(({ mode }) => mode === "install")
      .map(({ name, namespace: its }) => ({ name, namespace: its, ours: BY_DEFAULT })),
  ];
}

/**
 * Finds what happened to the releases since the last update, and repairs interrupted ones (a preview only says so). A provider compares
 * inputs with inputs, so a revision that no update made, as by `make rollback`, would stay until a refresh. A note changes the release's
 * description, so the provider sees a difference.
 */
export async function releaseNotes(
  config: Pick<Values, "namespace" | "addons" | "rollout">,
  open: () => Promise<KubeApi>,
): Promise<ReleaseNotes> {
  const isPreview = pulumi.runtime.isDryRun();
  try {
    const api = await open();
    const notes = ownReleases(config).map(async (release) => [release.name, await noteOn(api, release, isPreview)]);
    return Object.fromEntries(await Promise.all(notes)) as ReleaseNotes;
  } catch (error) {
    const { message } = error as Error;
    if (!isPreview) {
      // Whoever waits for a note would tell it in the middle of something else.
      await pulumi.log.error(message);
      throw new pulumi.RunError("the releases of the stack: must be known before one is touched", { cause: error });
    }
    await pulumi.log.warn(`${message}; whether an update was interrupted is not known`);
    return {};
  }
}

async function noteOn(api: KubeApi, { name, namespace, ours }: Owned, isPreview: boolean): Promise<string | undefined> {
  const history = new HelmHistory(api, namespace, name);
  const say = (line: string) => void pulumi.log.warn(`release ${name}: ${line}`);
  const revisions = isPreview ? await foreseen(history, say) : await clearInterrupted(history, say);
  const latest = revisions.at(-1);
  if (!latest) return undefined;
  if (latest.status !== "deployed") return `after revision ${latest.number}`;
  const { description = "" } = (await history.record(latest.number)).info;
  return noteFor(latest.number, description, ours);
}

/** The note for a revision; undefined for one that an update has made. */
export function noteFor(revision: number, description: string, ours: RegExp): string | undefined {
  return ours.test(description) ? NOTE.exec(description)?.[0] : `after revision ${revision}`;
}

async function foreseen(history: HelmHistory, say: (line: string) => void): Promise<Revision[]> {
  let revisions = await history.revisions();
  for (let repair = repairFor(revisions); repair; repair = repairFor(revisions)) {
    const { number, status } = repair.pending;
    say(
      `revision ${number} is ${status}: an update or a rollback is under way, or was interrupted, which \`pulumi up\` repairs`,
    );
    revisions = repaired(revisions, repair);
  }
  return revisions;
}
