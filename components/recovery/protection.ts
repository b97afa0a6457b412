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
  readonly backups: BackupPolicy;
  /** @default - recoveries are not rehearsed */
  readonly drill?: DrillPolicy | undefined;
  /** @default - there is no second store */
  readonly offsite?: OffsitePolicy | undefined;
  /** @default - the database stays as it is */
  readonly restore?: RestorePolicy | undefined;
}

/** What keeps the data: dumps that are proven, the watch over them, rehearsals and, when it is wished for, the restore the application waits for. */
export class Protection extends pulumi.ComponentResource {
  /** The tools' image, by digest. */
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
    // It reads the first store with the key of the backups.
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
