import { z } from "zod";
import { addons } from "./schema/addons.ts";
import { application } from "./schema/application.ts";
import { backups, storeKeys } from "./schema/backups.ts";
import { cluster } from "./schema/cluster.ts";
import { exposure, tls } from "./schema/exposure.ts";
import { image } from "./schema/image.ts";
import { monitoring, slo } from "./schema/monitoring.ts";
import { postgres } from "./schema/postgres.ts";
import { redis } from "./schema/redis.ts";
import { restore } from "./schema/restore.ts";
import { rollout } from "./schema/rollout.ts";
import { telemetry } from "./schema/telemetry.ts";
import { dnsLabel, flag, percent, rotations, section, text } from "./schema/types.ts";

/** Every configuration key, under `acci:`. The one description of them: Pulumi.yaml and docs/configuration.md are checked against it. */
export const schema = z.strictObject({
  cluster,
  namespace: dnsLabel("Namespace of everything this stack owns.", "acci-dev"),
  image,
  footprint: section("The same stack on a smaller machine, for rehearsals and tests.", {
    requests: percent("of each pod's requests"),
    limits: percent("of each pod's limits, and of what follows from them"),
    volumes: percent("of each volume"),
  }).prefault({}),
  addons,
  postgres,
  redis,
  tls,
  exposure,
  application,
  backups,
  storeKeys,
  backupIdentity: text(
    "Secret: the age secret key of a recipient, with which dumps are verified and restored.",
    "AGE-SECRET-KEY-1…",
  ).optional(),
  restore,
  monitoring: monitoring.optional(),
  slo: slo.optional(),
  telemetry,
  rollout: rollout.optional(),
  rotation: section("Raise a number by one, and `pulumi up` replaces that password.", {
    postgresOwner: rotations("Of the role that migrates."),
    postgresApp: rotations("Of the role that serves. The password before ends with the next rotation."),
    postgresBackup: rotations("Of the role that dumps."),
    postgresRestore: rotations("Of the role that restores."),
    redis: rotations("Of the cache's user. The password before ends with the next rotation."),
  }).prefault({}),
  protect: flag("Whether the database, the volume of the cache and the namespace are safe from `pulumi destroy`."),
});

export type Values = z.output<typeof schema>;
