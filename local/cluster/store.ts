import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import path from "node:path";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { nodeAddress, ports } from "../lib/addresses.ts";
import { inState, pki } from "../lib/paths.ts";

export const storeEndpoint = `https://${nodeAddress}:${ports.store}`;
/** Both buckets are on one server, but no account has a key to both, except root. */
export const buckets = { backup: "acci-backups", offsite: "acci-backups-offsite" } as const;
export const accounts = inState("store-accounts");

interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Keys of one bucket. The writer may not delete, the pruner may, and the archive may only in the folders of WAL archives. */
interface StoreKeys {
  readonly writer: StoreKey;
  readonly pruner: StoreKey;
  readonly walArchive?: StoreKey;
}

const NAMES = ["root", "writer", "pruner", "archive", "offsite-writer", "offsite-pruner"] as const;
type Account = (typeof NAMES)[number];

const file = inState("store-keys.json");

/** Accounts by the name that each had in an earlier release; a platform of that release keeps their keys. */
const BEFORE: Readonly<Record<string, Account>> = {
  producer: "writer",
  janitor: "pruner",
  "offsite-producer": "offsite-writer",
  "offsite-janitor": "offsite-pruner",
};

function readKeys(): Partial<Record<Account, StoreKey>> {
  if (!existsSync(file)) return {};
  const read = JSON.parse(readFileSync(file, "utf8")) as Record<string, StoreKey>;
  return Object.fromEntries(Object.entries(read).map(([name, key]) => [BEFORE[name] ?? name, key]));
}

const newKey = (name: Account): StoreKey => ({
  accessKeyId: `${name}-${randomBytes(4).toString("hex")}`,
  secretAccessKey: randomBytes(24).toString("hex"),
});

/** Keys of the object store's accounts, each made once; `root` owns the buckets. */
function keys(): Record<Account, StoreKey> {
  const known = readKeys();
  const missing = NAMES.filter((name) => !known[name]);
  const all = { ...known, ...Object.fromEntries(missing.map((name) => [name, newKey(name)])) };
  if (missing.length > 0) writeFileSync(file, JSON.stringify(all), { mode: 0o600 });
  return all as Record<Account, StoreKey>;
}

export const rootKey = () => keys().root;

/** Keys that a stack gets for both buckets. */
export function storeKeys(): StoreKeys & { readonly offsite: StoreKeys } {
  const { archive, pruner, writer, ...others } = keys();
  return {
    writer,
    pruner,
    walArchive: archive,
    offsite: { writer: others["offsite-writer"], pruner: others["offsite-pruner"] },
  };
}

/** Writes the file from which the server reads its accounts, because its command line would show the keys as arguments. */
export function writeAccounts(): void {
  mkdirSync(accounts, { recursive: true, mode: 0o700 });
  const { root: _, ...users } = keys();
  const accessAccounts = Object.fromEntries(
    Object.values(users).map(({ accessKeyId: access, secretAccessKey: secret }) => [
      access,
      { access, secret, role: "user", userID: 0, groupID: 0, projectID: 0 },
    ]),
  );
  writeFileSync(path.join(accounts, "users.json"), JSON.stringify({ accessAccounts }), { mode: 0o600 });
}

/** Replaces these keys as after a leak: the old ones stop working. */
export async function replaceKeys(names: readonly Account[]): Promise<void> {
  const anew = Object.fromEntries(names.map((name) => [name, newKey(name)]));
  writeFileSync(file, JSON.stringify({ ...keys(), ...anew }), { mode: 0o600 });
  writeAccounts();
  await prepareBuckets();
}

function policy(bucket: string, { pruner, walArchive: archive, writer }: StoreKeys): string {
  const both = { AWS: [pruner.accessKeyId, writer.accessKeyId] };
  const archiver = { AWS: archive ? [archive.accessKeyId] : [] };
  const objects = `arn:aws:s3:::${bucket}/*`;
  const reading = ["s3:ListBucket", "s3:ListBucketMultipartUploads"];
  const writing = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: [...both.AWS, ...archiver.AWS] },
        Action: reading,
        Resource: `arn:aws:s3:::${bucket}`,
      },
      { Effect: "Allow", Principal: both, Action: writing, Resource: objects },
      { Effect: "Allow", Principal: { AWS: [pruner.accessKeyId] }, Action: ["s3:DeleteObject"], Resource: objects },
      ...(archive
        ? [
            {
              Effect: "Allow",
              Principal: archiver,
              Action: [...writing, "s3:DeleteObject"],
              Resource: `arn:aws:s3:::${bucket}/*/wal/*`,
            },
          ]
        : []),
    ],
  });
}

/** Creates the buckets for dumps and copies, and sets the policies of both. */
export async function prepareBuckets(): Promise<void> {
  const client = new S3Client({
    endpoint: storeEndpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: rootKey(),
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(path.join(pki, "ca.crt"), "utf8") }) },
  });
  const { offsite, ...backup } = storeKeys();
  try {
    await prepareBucket(client, buckets.backup, backup);
    await prepareBucket(client, buckets.offsite, offsite);
  } finally {
    client.destroy();
  }
}

async function prepareBucket(client: S3Client, Bucket: string, of: StoreKeys): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket })).catch((error: Error) => {
    if (error.name !== "BucketAlreadyOwnedByYou") throw error;
  });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(Bucket, of) }));
}
