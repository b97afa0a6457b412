import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "./resources";
import { containerSecurity, podSecurity } from "./workload";

export interface BackupPodArgs {
  /** By digest. */
  readonly image: pulumi.Input<string>;
  /** Name the dumps carry; also what the catalogue knows the site by. */
  readonly site: pulumi.Input<string>;
  readonly database: {
    /** Of a replica, when there is one. */
    readonly host: pulumi.Input<string>;
    readonly name: string;
    /** basic-auth Secret of a role that reads everything. */
    readonly secret: pulumi.Input<string>;
    readonly caSecret: string;
  };
  readonly jobs: number;
  readonly recipients: readonly string[];
  readonly keep: Readonly<Record<string, number>>;
  /** What the application runs, to be run again by whoever restores. */
  readonly applicationImage: pulumi.Input<string>;
  readonly identitySecret?: string;
  readonly scratch: { readonly size: string; readonly storageClass?: string };
  readonly resources: Resources;
}

/** User of the database image. */
const UID = 26;

/** A run: dump, prove, rotate, one after the other, beside a throwaway server that lives as long as the run. */
export function backupPod(args: BackupPodArgs) {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(UID),
    initContainers: [scratchServer(args), dump(args), verify(args)],
    containers: [rotate(args)],
    volumes: volumes(args),
  };
}

const step = (name: string, { image, resources, site }: BackupPodArgs) => ({
  name,
  image,
  args: [name],
  resources,
  securityContext: containerSecurity(),
  env: [
    { name: "ACCI_SITE", value: site },
    { name: "ACCI_STORE", value: "/etc/acci/store" },
    { name: "ACCI_WORK", value: "/work" },
    { name: "ACCI_RUN", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
  ],
  volumeMounts: [
    { name: "tmp", mountPath: "/tmp" },
    { name: "work", mountPath: "/work" },
  ],
});

const mounted = (name: string, mountPath: string) => ({ name, mountPath, readOnly: true });

/** Postgres for the proof alone, reached through a socket: nobody else can. */
function scratchServer({ image, resources }: BackupPodArgs) {
  return {
    name: "scratch",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: ["/app/backup/scratch.sh"],
    env: [{ name: "SCRATCH", value: "/scratch" }],
    resources,
    securityContext: containerSecurity(),
    startupProbe: { exec: { command: ["pg_isready", "-h", "/scratch"] }, periodSeconds: 1, failureThreshold: 120 },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "scratch", mountPath: "/scratch" },
    ],
  };
}

function dump(args: BackupPodArgs) {
  const base = step("dump", args);
  const { applicationImage, database, jobs, recipients } = args;
  return {
    ...base,
    env: [
      ...base.env,
      { name: "PGHOST", value: database.host },
      { name: "PGDATABASE", value: database.name },
      { name: "PGUSER", valueFrom: { secretKeyRef: { name: database.secret, key: "username" } } },
      { name: "PGPASSWORD_FILE", value: "/etc/acci/database/password" },
      { name: "PGSSLROOTCERT", value: "/etc/acci/postgres-ca/ca.crt" },
      { name: "ACCI_JOBS", value: String(jobs) },
      { name: "ACCI_RECIPIENTS", value: recipients.join(",") },
      { name: "ACCI_IMAGE", value: applicationImage },
      // A run by hand is made from the same template; only its name differs from those the schedule makes.
      { name: "ACCI_JOB", valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
    ],
    volumeMounts: [
      ...base.volumeMounts,
      mounted("producer", "/etc/acci/store"),
      mounted("database", "/etc/acci/database"),
      mounted("postgres-ca", "/etc/acci/postgres-ca"),
    ],
  };
}

function verify(args: BackupPodArgs) {
  const base = step("verify", args);
  return {
    ...base,
    env: [
      ...base.env,
      { name: "PGHOST", value: "/scratch" },
      { name: "PGDATABASE", value: "postgres" },
      { name: "PGUSER", value: "postgres" },
      { name: "ACCI_JOBS", value: String(args.jobs) },
      ...(args.identitySecret ? [{ name: "ACCI_IDENTITY_FILE", value: "/etc/acci/identity/identity" }] : []),
    ],
    volumeMounts: [
      ...base.volumeMounts,
      { name: "scratch", mountPath: "/scratch" },
      mounted("producer", "/etc/acci/store"),
      ...(args.identitySecret ? [mounted("identity", "/etc/acci/identity")] : []),
    ],
  };
}

function rotate(args: BackupPodArgs) {
  const base = step("rotate", args);
  return {
    ...base,
    env: [...base.env, { name: "ACCI_KEEP", value: JSON.stringify(args.keep) }],
    volumeMounts: [...base.volumeMounts, mounted("janitor", "/etc/acci/store")],
  };
}

function volumes({ database, identitySecret, scratch }: BackupPodArgs) {
  const secret = (name: string, secretName: pulumi.Input<string>) => ({
    name,
    // Readable by the pod's group alone.
    secret: { secretName, defaultMode: 0o440 },
  });
  return [
    { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
    { name: "work", emptyDir: { sizeLimit: "16Mi" } },
    { name: "scratch", ephemeral: { volumeClaimTemplate: { spec: scratchClaim(scratch) } } },
    secret("producer", "backup-producer"),
    secret("janitor", "backup-janitor"),
    secret("database", database.secret),
    {
      ...secret("postgres-ca", database.caSecret),
      secret: { secretName: database.caSecret, items: [{ key: "ca.crt", path: "ca.crt" }] },
    },
    ...(identitySecret ? [secret("identity", identitySecret)] : []),
  ];
}

function scratchClaim({ size, storageClass }: BackupPodArgs["scratch"]) {
  return {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: size } },
    ...(storageClass ? { storageClassName: storageClass } : {}),
  };
}
