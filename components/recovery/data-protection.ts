import * as pulumi from "@pulumi/pulumi";
import { DRILLS } from "../../config/drill-intervals.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { Backups } from "./backups.ts";
import { Drill } from "./drill.ts";
import { Offsite } from "./offsite.ts";
import type { Postgres } from "../postgres/postgres.ts";
import type { Redis } from "../redis/redis.ts";
import type { BackupPolicy, DrillPolicy, OffsitePolicy, FailoverPolicy } from "./policy.ts";
import { Failover } from "./failover.ts";
import { Toolbox } from "./toolbox.ts";
import { BackupAgent } from "./backup-agent.ts";
import { renamed } from "../../engine/renamed.ts";

export interface DataProtectionArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the site, in dumps and in the catalogue. */
  readonly site: pulumi.Input<string>;
  /** Image of the tools, by digest. */
  readonly image: pulumi.Input<string>;
  readonly applicationImage: pulumi.Input<string>;
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** Tables that are read or restored at the same time. */
  readonly parallelism: number;
  readonly resources: Resources;
  readonly backups: BackupPolicy;
  /** @default - recoveries are not rehearsed */
  readonly drill?: DrillPolicy | undefined;
  /** @default - there is no second store */
  readonly offsite?: OffsitePolicy | undefined;
  /** @default - the database stays as it is */
  readonly failover?: FailoverPolicy | undefined;
  /** Folder that the database archives to. @default - there is no archive */
  readonly archiveServer?: string | undefined;
  /** Seconds for which a heartbeat of the agent holds. */
  readonly heartbeatTimeoutSeconds: number;
}

/**
 * Everything that keeps the data: verified dumps, the agent that watches them, drills and, if it is configured, the failover that the
 * application waits for.
 */
export class DataProtection extends pulumi.ComponentResource {
  /** Image of the tools, by digest. */
  readonly image: pulumi.Output<string>;
  /** @default - the database stays as it is */
  readonly failover: Failover | undefined;

  constructor(name: string, args: DataProtectionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { drill, failover, postgres, redis, ...inputs } = args;
    super(
      "acci:index:DataProtection",
      name,
      inputs,
      renamed(opts, { type: "acci:index:Protection", name: "protection" }),
    );
    const {
      applicationImage,
      archiveServer,
      heartbeatTimeoutSeconds,
      image,
      namespace,
      offsite,
      parallelism,
      resources,
      site,
    } = args;
    const { deadlineMinutes, identity, timeZone, verification } = args.backups;
    this.image = pulumi.output(image);
    const tools = { namespace, site, image, parallelism, resources };
    const { restorer: database, server } = postgres;
    const backups = new Backups(
      "backups",
      { ...tools, ...args.backups, applicationImage, server, database: postgres.reader },
      { parent: this, dependsOn: [postgres.cluster] },
    );
    // The offsite copies read the first store with the writer key that `backups` creates.
    const reading = { parent: this, dependsOn: [backups] };
    if (offsite) new Offsite("offsite", { ...tools, deadlineMinutes, timeZone, ...offsite }, reading);
    const after = { parent: this, dependsOn: [backups, redis] };
    const canDecrypt = identity !== undefined;
    const restorer = { ...tools, database, cache: redis.restorer, canDecrypt };
    this.failover = failover && new Failover("failover", { ...restorer, ...failover }, after);
    new Toolbox("toolbox", restorer, after);
    if (drill) {
      const { application, cache, every } = drill;
      const { schedule } = DRILLS[every];
      const served = { application: { image: applicationImage, resources: application }, cache };
      const timed = { schedule, timeZone, deadlineMinutes };
      new Drill("drill", { ...tools, ...timed, ...served, server, verification, canDecrypt }, after);
    }
    const drillEvery = drill && DRILLS[drill.every].seconds;
    const watched = { archiveServer, drillEvery, offsite: offsite !== undefined, heartbeatTimeoutSeconds };
    new BackupAgent("backup-agent", { namespace, site, image, database, ...watched }, after);
    this.registerOutputs({});
  }
}
