import * as pulumi from "@pulumi/pulumi";
import { engineHasHooks } from "../../engine/hooks.ts";

type Inputs = { spec?: { imageName?: string } } | undefined;

/** Major version that the operator reads from an image's name: the number its tag begins with. */
function majorOf(inputs: unknown): number | undefined {
  const { spec } = (inputs as Inputs) ?? {};
  const [name = ""] = (spec?.imageName ?? "").split("@");
  const tag = /:(\d+)[^/:]*$/.exec(name);
  return tag ? Number(tag[1]) : undefined;
}

/** The operator upgrades in place to no version before this. */
const FIRST = 16;

/** What a change of an existing Cluster comes to when it changes Postgres's major version; undefined otherwise. */
export function majorUpgrade(before: unknown, after: unknown): string | undefined {
  const [was, is] = [majorOf(before), majorOf(after)];
  if (was === undefined || is === undefined || was === is) return undefined;
  const what = `acci:postgres.image: is Postgres ${is}, while the database is of ${was}`;
  if (is < was || is < FIRST)
    return `${what}; CloudNativePG refuses that: it upgrades only, and to ${FIRST} or later; set an image of ${was}, or bring a dump into a stack of its own`;
  return (
    `${what}; CloudNativePG upgrades it in place: the site is offline while every instance is stopped and pg_upgrade runs, replicas are made ` +
    "anew, and the way back is a dump. Take one before, with `make backup-create`; the image needs the same extensions, and the tools' image must be made of " +
    "it too. The database gets another system identifier: the first dump after it is refused until acci:backups.adopt says so (docs/runbooks/upgrade.md)"
  );
}

/**
 * Hooks that explain a major upgrade in preview and update. They read the state alone, so that other changes never wait for the cluster.
 */
export function explainMajorUpgrade(name: string): pulumi.ResourceHook[] {
  if (!engineHasHooks()) return [];
  const explain = new pulumi.ResourceHook(
    `${name}-major`,
    async ({ newInputs, oldInputs }) => {
      const upgrade = majorUpgrade(oldInputs, newInputs);
      if (upgrade) await pulumi.log.warn(upgrade);
    },
    { onDryRun: true },
  );
  return [explain];
}
