import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  identity,
  mounted,
  secretVolume,
  STORE_FOLDER,
  temporary,
  tool,
  type ToolArgs,
  toolPod,
} from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { DATABASE, OWNER, userOf } from "../postgres/roles.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { SCRATCH, scratchServer, scratchVariables, scratchVolume, type SiteServer } from "./scratch-server.ts";
import { type ScheduleArgs, toolSchedule } from "./tool-schedule.ts";
import { containerSecurity, type Storage } from "../../kubernetes/workload.ts";

export interface DrillArgs extends ToolArgs, ScheduleArgs {
  readonly namespace: pulumi.Input<string>;
  /** Tables restored at once. */
  readonly jobs: number;
  readonly canDecrypt: boolean;
  /** What the throwaway server must be like. */
  readonly server: SiteServer;
  readonly scratch: Storage;
  /** What has to serve the restored data, by digest. */
  readonly application: { readonly image: pulumi.Input<string>; readonly resources: Resources };
  readonly cache: { readonly image: string; readonly resources: Resources };
}

/**
 * Rehearses a recovery in one pod that nobody can reach and that reaches the object store alone: a throwaway server, the newest verified
 * dump, and the application on it. How long it took and whether it served is recorded; of the rest nothing is left.
 */
export class Drill extends pulumi.ComponentResource {
  constructor(name: string, args: DrillArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Drill", name, args, opts);
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed: a drill by hand is made from it.
        metadata: { name: "drill", namespace: args.namespace, labels: objectLabels("drill") },
        spec: toolSchedule("drill", args, podSpec(args)),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const WORK = { name: "work", mountPath: "/work" };
const STORE = mounted("producer", STORE_FOLDER);

function podSpec(args: DrillArgs) {
  const { canDecrypt, jobs, server } = args;
  const key = identity(canDecrypt);
  const restore = tool(
    "drill",
    args,
    [
      { name: "ACCI_WORK", value: WORK.mountPath },
      ...scratchVariables(server),
      { name: "ACCI_JOBS", value: String(jobs) },
      { name: "ACCI_ADDRESSES", value: JSON.stringify(Object.values(ADDRESSES)) },
      ...key.env,
    ],
    [WORK, SCRATCH, STORE, ...key.mounts],
  );
  const ending = [
    { name: "ACCI_WORK", value: WORK.mountPath },
    { name: "ACCI_APPLICATION", value: "127.0.0.1" },
  ];
  return {
    ...toolPod(),
    restartPolicy: "Never",
    initContainers: [scratchServer(args), cache(args.cache), restore, ...application(args.application)],
    containers: [tool("drill-end", args, ending, [WORK, STORE])],
    volumes: [
      temporary(),
      { name: WORK.name, emptyDir: { sizeLimit: "16Mi" } },
      scratchVolume(args.scratch),
      secretVolume("producer", "backup-producer"),
      ...key.volumes,
    ],
  };
}

/** Empty at the start, as after a takeover. */
function cache({ image, resources }: DrillArgs["cache"]) {
  return {
    name: "cache",
    image,
    restartPolicy: "Always",
    command: ["redis-server"],
    args: ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"],
    resources,
    securityContext: containerSecurity(),
    readinessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 5, timeoutSeconds: 5 },
    livenessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 30, timeoutSeconds: 10 },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

/** Migrated and served as its release does it. */
function application({ image, resources }: DrillArgs["application"]) {
  const work = { ...WORK, readOnly: true };
  const container = { image, resources, securityContext: containerSecurity(), volumeMounts: [SCRATCH, work] };
  const file = (name: string, { file }: { readonly file: string }) => ({ name, value: `${WORK.mountPath}/${file}` });
  return [
    { ...container, name: "migrate", args: ["migrate"], env: [file("DATABASE_URL_FILE", ADDRESSES.owner)] },
    {
      ...container,
      name: "application",
      // Beside the last step, which asks it: one that never serves must not keep the drill from saying so.
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
    },
  ];
}

/** By the socket, as roles that nobody asks for a password there. */
const databaseUrl = (user: string) =>
  `postgres://${user}@localhost/${DATABASE}?host=${encodeURIComponent(SCRATCH.mountPath)}`;

/** What the application reads to find the throwaway servers, which the step before leaves for it. */
const ADDRESSES = {
  owner: { file: "owner-url", url: databaseUrl(OWNER) },
  application: { file: "application-url", url: databaseUrl(userOf("app")) },
  cache: { file: "cache-url", url: "redis://127.0.0.1:6379/0" },
};
