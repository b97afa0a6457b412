import * as pulumi from "@pulumi/pulumi";
import { DRILLS } from "../../config/drill-intervals.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { Backups } from "./backups.ts";
import { Drill } from "./drill.ts";
import { Offsite } from "./offsite.ts";
import type { Postgres } from "../postgres/postgres.ts";
import type { Redis } from "../redis/redis.ts";
import type { BackupPolicy, DrillPolicy, OffsitePolicy, RestorePolicy } from "./policy.ts";
import { Restore } from "./restore.ts";
import { Tools } from "./tools.ts";
import { Watch } from "./watch.ts";

export interface ProtectionArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the site, in dumps and in the catalogue. */
  readonly site: pulumi.Input<string>;
  /** Image of the tools, by digest. */
  readonly image: pulumi.Input<string>;
  readonly applicationImage: pulumi.Input<string>;
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** Tables that are read or restored at the same time. */
  readonly jobs: number;
  readonly resources: Resources;
  readonly backups: BackupPolicy;
  /** @default - recoveries are not rehearsed */
  readonly drill?: DrillPolicy | undefined;
  /** @default - there is no second store */
  readonly offsite?: OffsitePolicy | undefined;
  /** @default - the database stays as it is */
  readonly restore?: RestorePolicy | undefined;
}

/**
 * Everything that keeps the data: verified dumps, the watch over them, rehearsals and, if it is configured, the restore that the
 * application waits for.
 */
export class Protection extends pulumi.ComponentResource {
  /** Image of the tools, by digest. */
  readonly image: pulumi.Output<string>;
  readonly restore: Restore | undefined;

  constructor(name: string, args: ProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { drill, postgres, redis, restore, ...inputs } = args;
    super("acci:index:Protection", name, inputs, opts);
    const { applicationImage, image, jobs, namespace, offsite, resources, site } = args;
    const { deadlineMinutes, identity, scratch, silenceSeconds, timeZone } = args.backups;
    this.image = pulumi.output(image);
    const tools = { namespace, site, image, jobs, resources };
    const { restorer: database, server } = postgres;
    const backups = new Backups(
      "backups",
      { ...tools, ...args.backups, applicationImage, server, database: postgres.reader },
      { parent: this, dependsOn: [postgres.cluster] },
    );
    // The offsite copies read the first store with the producer key that `backups` creates.
    const reading = { parent: this, dependsOn: [backups] };
    if (offsite) new Offsite("offsite", { ...tools, deadlineMinutes, timeZone, ...offsite }, reading);
    const after = { parent: this, dependsOn: [backups, redis] };
    const canDecrypt = identity !== undefined;
    const restorer = { ...tools, database, cache: redis.restorer, canDecrypt };
    this.restore = restore && new Restore("restore", { ...restorer, ...restore }, after);
    new Tools("tools", restorer, after);
    if (drill) {
      const { application, cache, every } = drill;
      const { schedule } = DRILLS[every];
      const served = { application: { image: applicationImage, resources: application }, cache };
      const timed = { schedule, timeZone, deadlineMinutes };
      new Drill("drill", { ...tools, ...timed, ...served, server, scratch, canDecrypt }, after);
    }
    const drillEvery = drill && DRILLS[drill.every].seconds;
    const watched = { drillEvery, offsite: offsite !== undefined, silenceSeconds };
    new Watch("watch", { namespace, site, image, database, ...watched }, after);
    this.registerOutputs({});
  }
}
