import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Address } from "../../backup/contract/shapes.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { OWNER } from "../../config/own-roles.ts";
import { DATABASE, userOf } from "../postgres/roles.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import {
  VERIFICATION,
  verificationFolder,
  verificationLogin,
  verificationServer,
  type SiteServer,
} from "./verification-server.ts";
import { type ScheduleArgs, toolSchedule } from "./tool-schedule.ts";
import { containerSecurity, type Storage } from "../../kubernetes/workload.ts";
import { jobPod, step, type Step, temporary, toolStep } from "./container.ts";
import { decryptionKey, writerKey, WORK, work } from "./grants.ts";
import { settings } from "./settings.ts";

export interface DrillArgs extends ToolArgs, ScheduleArgs {
  readonly namespace: pulumi.Input<string>;
  /** Tables that are restored at the same time. */
  readonly parallelism: number;
  readonly canDecrypt: boolean;
  /** The site's server, which the verification server is made to resemble. */
  readonly server: SiteServer;
  readonly verification: Storage;
  /** Application that must serve the restored data, by digest. */
  readonly application: { readonly image: pulumi.Input<string>; readonly resources: Resources };
  readonly cache: { readonly image: string; readonly resources: Resources };
}

/**
 * Rehearses a recovery in one pod that accepts no connections and reaches only the object store: a verification server, the newest verified
 * dump, and the application on it. Duration and result are recorded; everything else ends with the pod.
 */
export class Drill extends pulumi.ComponentResource {
  constructor(name: string, args: DrillArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Drill", name, args, opts);
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed name, because drills by hand are made from this CronJob.
        metadata: { name: "drill", namespace: args.namespace, labels: objectLabels("drill") },
        spec: toolSchedule("drill", args, podSpec(args)),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function podSpec(args: DrillArgs) {
  const { canDecrypt, parallelism, server, verification } = args;
  const restoreServer = [verificationFolder(verification), verificationLogin(server)];
  const request = settings({ parallelism, addresses: Object.values(ADDRESSES) });
  const restore = [work, ...restoreServer, writerKey, request, decryptionKey(canDecrypt)];
  const ending = [work, writerKey, settings({ application: "127.0.0.1" })];
  return jobPod([
    verificationServer(args),
    cache(args.cache),
    toolStep("drill", args, restore),
    ...application(args.application),
    toolStep("drill-end", args, ending),
  ]);
}

/** A cache that is empty at the start, as after a failover. */
function cache({ image, resources }: DrillArgs["cache"]): Step {
  const container = {
    name: "cache",
    image,
    restartPolicy: "Always",
    command: ["redis-server"],
    args: ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"],
    resources,
    securityContext: containerSecurity(),
    readinessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 30, timeoutSeconds: 10 },
  };
  return step(container, [temporary]);
}

/** The application, migrated and served as its release does. */
function application({ image, resources }: DrillArgs["application"]): Step[] {
  const volumeMounts = [VERIFICATION, { ...WORK, readOnly: true }];
  const container = { image, resources, securityContext: containerSecurity(), volumeMounts };
  const file = (name: string, { file }: Address) => ({ name, value: `${WORK.mountPath}/${file}` });
  const migrate = {
    ...container,
    name: "migrate",
    args: ["migrate"],
    env: [file("DATABASE_URL_FILE", ADDRESSES.owner)],
  };
  const serve = {
    ...container,
    name: "application",
    // A sidecar of the last step, so that this step runs and reports even if the application never becomes ready.
    restartPolicy: "Always",
    args: ["serve"],
    env: [
      { name: "LISTEN_ADDR", value: "0.0.0.0:8080" },
      { name: "OPS_ADDR", value: "0.0.0.0:9090" },
      { name: "SHUTDOWN_DELAY_SECONDS", value: "0" },
      file("DATABASE_URL_FILE", ADDRESSES.application),
      file("REDIS_URL_FILE", ADDRESSES.cache),
    ],
    readinessProbe: { httpGet: { path: "/ready", port: 9090 }, periodSeconds: 2, timeoutSeconds: 2 },
    livenessProbe: { httpGet: { path: "/health", port: 9090 }, periodSeconds: 30, timeoutSeconds: 10 },
  };
  // The steps before declare the volumes.
  return [migrate, serve].map((container) => ({ container, volumes: [] }));
}

/** URL through the Unix socket, where roles need no password. */
const databaseUrl = (user: string) =>
  `postgres://${user}@localhost/${DATABASE}?host=${encodeURIComponent(VERIFICATION.mountPath)}`;

/** URLs of the verification servers, which the step `drill` writes to files that the application reads. */
const ADDRESSES = {
  owner: { file: "owner-url", url: databaseUrl(OWNER) },
  application: { file: "application-url", url: databaseUrl(userOf("app")) },
  cache: { file: "cache-url", url: "redis://127.0.0.1:6379/0" },
} satisfies Record<string, Address>;
