import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../../kubernetes/resources.ts";
import { containerSecurity, podSecurity } from "../../kubernetes/workload.ts";

/** What every container with the backup tools needs. */
export interface ToolArgs {
  /** By digest. */
  readonly image: pulumi.Input<string>;
  /** Name the dumps carry; also what the catalogue knows the site by. */
  readonly site: pulumi.Input<string>;
  readonly resources: Resources;
}

export interface Variable {
  readonly name: string;
  readonly value?: pulumi.Input<string>;
  readonly valueFrom?: object;
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** The image's user. */
const UID = 10026;

export const STORE_FOLDER = "/etc/acci/store";

/** A container that runs one command of the tools. */
export const tool = (
  command: string,
  { image, resources, site }: ToolArgs,
  env: Variable[],
  volumeMounts: Mount[],
) => ({
  name: command,
  image,
  args: [command],
  resources,
  securityContext: containerSecurity(),
  // A refusal is worth more than an exit code where only the pod's status is looked at.
  terminationMessagePolicy: "FallbackToLogsOnError",
  env: [
    { name: "ACCI_SITE", value: site },
    { name: "ACCI_STORE", value: STORE_FOLDER },
    { name: "ACCI_RUN", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ...env,
  ],
  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...volumeMounts],
});

/** What their pods have in common. */
export const toolPod = () => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity(UID),
});

export const mounted = (name: string, mountPath: string): Mount => ({ name, mountPath, readOnly: true });

export const temporary = () => ({ name: "tmp", emptyDir: { sizeLimit: "1Gi" } });

/** Readable by the pod's group alone. */
export const secretVolume = (name: string, secretName: pulumi.Input<string>, keys?: readonly string[]) => ({
  name,
  secret: {
    secretName,
    defaultMode: 0o440,
    ...(keys ? { items: keys.map((key) => ({ key, path: key })) } : {}),
  },
});

export interface DatabaseArgs {
  readonly host: pulumi.Input<string>;
  readonly name: string;
  /** basic-auth Secret of the role that connects. */
  readonly secret: pulumi.Input<string>;
  readonly caSecret: string;
  /** Another one when it was made anew, with another CA. */
  readonly identity: pulumi.Input<string>;
  /** Beside the primary. */
  readonly replicas: number;
}

/** How many replicas a restore holds the log for, until they stream. */
export const replicasVariable = ({ replicas }: DatabaseArgs): Variable[] =>
  replicas > 0 ? [{ name: "ACCI_REPLICAS", value: String(replicas) }] : [];

const DATABASE_FOLDER = "/etc/acci/database";
const CA_FOLDER = "/etc/acci/postgres-ca";

/** By the variables of libpq; the password alone is in a file. */
export const databaseVariables = ({ host, name, secret }: DatabaseArgs): Variable[] => [
  { name: "PGHOST", value: host },
  { name: "PGDATABASE", value: name },
  { name: "PGUSER", valueFrom: { secretKeyRef: { name: secret, key: "username" } } },
  { name: "PGPASSWORD_FILE", value: `${DATABASE_FOLDER}/password` },
  { name: "PGSSLROOTCERT", value: `${CA_FOLDER}/ca.crt` },
];

export const databaseMounts = () => [mounted("database", DATABASE_FOLDER), mounted("postgres-ca", CA_FOLDER)];

export const databaseVolumes = ({ caSecret, secret }: DatabaseArgs) => [
  secretVolume("database", secret, ["password"]),
  secretVolume("postgres-ca", caSecret, ["ca.crt"]),
];

const IDENTITY_SECRET = "backup-identity";
const IDENTITY_FOLDER = "/etc/acci/identity";

/** The key that opens encrypted dumps, for whoever has to read one. */
export const identity = (present: boolean) => ({
  env: present ? [{ name: "ACCI_IDENTITY_FILE", value: `${IDENTITY_FOLDER}/identity` }] : [],
  mounts: present ? [mounted("identity", IDENTITY_FOLDER)] : [],
  volumes: present ? [secretVolume("identity", IDENTITY_SECRET)] : [],
});

/** Ends that another attempt would only repeat: wrong input, refused, a bug, leased, fenced, bad dump, unrestorable (backup/errors.ts). */
const FINAL = [64, 65, 70, 75, 76, 77, 78];

/** A pod that was moved off its node says nothing about the work. */
const MOVED = { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] };

/** What nobody waits for but an operator: the Job makes another pod where that can help. */
export const toolJob = (backoffLimit: number) => ({
  backoffLimit,
  podFailurePolicy: { rules: [MOVED, { action: "FailJob", onExitCodes: { operator: "In", values: FINAL } }] },
});

/** Of a command that is told to end before it is done, as when its pod is deleted. */
const TERMINATED = 143;
const TRIES = 7;

/**
 * What an update waits for. A provider may know no failure of a Job but that its pods failed too often or that its time is over; others,
 * such as that of a policy, it would wait for till its own time is over, or for ever. So the first pod that fails is the end, and the tools try
 * again themselves ({@link TRIES_VARIABLE}). A pod that ran out of memory is one that fails: the next would too.
 */
export const awaitedJob = (deadlineSeconds: number) => ({
  backoffLimit: 0,
  activeDeadlineSeconds: deadlineSeconds,
  podFailurePolicy: {
    rules: [MOVED, { action: "Ignore", onExitCodes: { operator: "In", values: [TERMINATED] } }],
  },
});

/** How long the provider waits for it: a little longer than the Job has, which knows better why its time is over. */
export const waitFor = (deadlineSeconds: number) => deadlineSeconds + 60;

/** For the container of such a Job. */
export const TRIES_VARIABLE: Variable = { name: "ACCI_TRIES", value: String(TRIES) };
