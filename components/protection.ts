import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../lib/resources";
import { Backups, type BackupsArgs } from "./backups";
import { Offsite, type OffsiteArgs } from "./offsite";
import type { Postgres } from "./postgres";
import type { Redis } from "./redis";
import { Restore, type RestoreArgs } from "./restore";
import { Watch } from "./watch";

export interface ProtectionArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name the dumps carry; also what the catalogue knows the site by. */
  readonly site: pulumi.Input<string>;
  /** The tools' image, by digest. */
  readonly image: pulumi.Input<string>;
  readonly applicationImage: pulumi.Input<string>;
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** Tables read or restored at once. */
  readonly jobs: number;
  readonly resources: Resources;
  readonly backups: Pick<
    BackupsArgs,
    "schedule" | "timeZone" | "deadlineMinutes" | "recipients" | "keep" | "store" | "keys" | "identity" | "scratch"
  >;
  /** @default - there is no second store */
  readonly offsite?: Pick<OffsiteArgs, "schedule" | "keep" | "lockDays" | "lockMode" | "store" | "keys">;
  /** @default - the database stays as it is */
  readonly restore?: Pick<RestoreArgs, "wish" | "timeoutMinutes" | "hooks">;
}

/** What keeps the data: dumps that are proven, the watch over them and, when it is wished for, the restore the application waits for. */
export class Protection extends pulumi.ComponentResource {
  /** The tools' image, by digest. */
  readonly image: pulumi.Output<string>;
  readonly restore: Restore | undefined;

  constructor(name: string, args: ProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { postgres, redis, restore, ...inputs } = args;
    super("acci:index:Protection", name, inputs, opts);
    const { applicationImage, image, jobs, namespace, resources, site } = args;
    this.image = pulumi.output(image);
    const tools = { namespace, site, image, jobs, resources };
    const canDecrypt = args.backups.identity !== undefined;
    const backups = new Backups(
      "backups",
      { ...tools, ...args.backups, applicationImage, database: postgres.reader },
      { parent: this, dependsOn: [postgres] },
    );
    if (args.offsite) {
      const { deadlineMinutes, timeZone } = args.backups;
      // It reads the first store with the key of the backups.
      const opts = { parent: this, dependsOn: [backups] };
      new Offsite("offsite", { ...tools, deadlineMinutes, timeZone, ...args.offsite }, opts);
    }
    const after = { parent: this, dependsOn: [backups, redis] };
    const { restorer: database } = postgres;
    this.restore =
      restore && new Restore("restore", { ...tools, ...restore, database, cache: redis.restorer, canDecrypt }, after);
    new Watch("watch", { namespace, site, image, database, offsite: args.offsite !== undefined }, after);
    this.registerOutputs({});
  }
}
