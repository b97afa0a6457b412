import * as pulumi from "@pulumi/pulumi";
import { type DrillInterval, DRILLS } from "../../config/drill-intervals.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { Backups, type BackupsArgs } from "./backups.ts";
import { Drill } from "./drill.ts";
import { Offsite, type OffsiteArgs } from "./offsite.ts";
import type { Postgres } from "../postgres/postgres.ts";
import type { Redis } from "../redis/redis.ts";
import { Restore, type RestoreArgs } from "./restore.ts";
import { Tools } from "./tools.ts";
import { Watch, type WatchArgs } from "./watch.ts";

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
    | "schedule"
    | "timeZone"
    | "deadlineMinutes"
    | "recipients"
    | "adopt"
    | "keep"
    | "store"
    | "keys"
    | "identity"
    | "scratch"
  > &
    Pick<WatchArgs, "silenceSeconds">;
  /** @default - recoveries are not rehearsed */
  readonly drill?: {
    readonly every: DrillInterval;
    /** Of one pod of the application. */
    readonly application: Resources;
    readonly cache: { readonly image: string; readonly resources: Resources };
  };
  /** @default - there is no second store */
  readonly offsite?: Pick<OffsiteArgs, "schedule" | "keep" | "lockDays" | "lockMode" | "store" | "keys">;
  /** @default - the database stays as it is */
  readonly restore?: Pick<RestoreArgs, "wish" | "timeoutMinutes" | "hooks" | "epoch" | "takeover">;
}

/** What keeps the data: dumps that are proven, the watch over them, rehearsals and, when it is wished for, the restore the application waits for. */
export class Protection extends pulumi.ComponentResource {
  /** The tools' image, by digest. */
  readonly image: pulumi.Output<string>;
  readonly restore: Restore | undefined;

  constructor(name: string, args: ProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { drill, postgres, redis, restore, ...inputs } = args;
    super("acci:index:Protection", name, inputs, opts);
    const { applicationImage, image, jobs, namespace, resources, site } = args;
    this.image = pulumi.output(image);
    const tools = { namespace, site, image, jobs, resources };
    const { restorer: database, server } = postgres;
    const canDecrypt = args.backups.identity !== undefined;
    const backups = new Backups(
      "backups",
      { ...tools, ...args.backups, applicationImage, server, database: postgres.reader },
      { parent: this, dependsOn: [postgres.cluster] },
    );
    if (args.offsite) {
      const { deadlineMinutes, timeZone } = args.backups;
      // It reads the first store with the key of the backups.
      const opts = { parent: this, dependsOn: [backups] };
      new Offsite("offsite", { ...tools, deadlineMinutes, timeZone, ...args.offsite }, opts);
    }
    const after = { parent: this, dependsOn: [backups, redis] };
    const restorer = { ...tools, database, cache: redis.restorer, canDecrypt };
    this.restore = restore && new Restore("restore", { ...restorer, ...restore }, after);
    new Tools("tools", restorer, after);
    if (drill) {
      const { deadlineMinutes, scratch, timeZone } = args.backups;
      const application = { image: applicationImage, resources: drill.application };
      const { schedule } = DRILLS[drill.every];
      const rehearsal = {
        server,
        schedule,
        timeZone,
        deadlineMinutes,
        scratch,
        application,
        cache: drill.cache,
        canDecrypt,
      };
      new Drill("drill", { ...tools, ...rehearsal }, after);
    }
    const watched = {
      drillEvery: drill && DRILLS[drill.every].seconds,
      offsite: args.offsite !== undefined,
      silenceSeconds: args.backups.silenceSeconds,
    };
    new Watch("watch", { namespace, site, image, database, ...watched }, after);
    this.registerOutputs({});
  }
}
