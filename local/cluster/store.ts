import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import path from "node:path";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { nodeAddress, ports } from "../lib/addresses.ts";
import { inState, pki } from "../lib/paths.ts";

export const storeEndpoint = `https://${nodeAddress}:${ports.store}`;
export const bucket = "acci-backups";
export const accounts = inState("store-accounts");

/** `root` owns the bucket, `producer` may not delete, `janitor` may, and `archive` may in the folders of databases' logs alone. */
const names = ["root", "producer", "janitor", "archive"] as const;
type Account = (typeof names)[number];

export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const file = inState("store-keys.json");

/** The accounts of the object store, each made once. */
export function storeKeys(): Record<Account, StoreKey> {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Record<Account, StoreKey>>) : {};
  const keys = Object.fromEntries(names.map((name) => [name, known[name] ?? newKey(name)])) as Record<
    Account,
    StoreKey
  >;
  if (names.some((name) => !known[name])) writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

const newKey = (name: Account): StoreKey => ({
  accessKeyId: `${name}-${randomBytes(4).toString("hex")}`,
  secretAccessKey: randomBytes(24).toString("hex"),
});

/** What the server reads its accounts from: through its interface a key would have to be an argument. */
export function writeAccounts(): void {
  mkdirSync(accounts, { recursive: true, mode: 0o700 });
  const { archive, janitor, producer } = storeKeys();
  const accessAccounts = Object.fromEntries(
    [archive, janitor, producer].map(({ accessKeyId: access, secretAccessKey: secret }) => [
      access,
      { access, secret, role: "user", userID: 0, groupID: 0, projectID: 0 },
    ]),
  );
  writeFileSync(path.join(accounts, "users.json"), JSON.stringify({ accessAccounts }), { mode: 0o600 });
}

function policy(): string {
  const { archive, janitor, producer } = storeKeys();
  const both = { AWS: [janitor.accessKeyId, producer.accessKeyId] };
  const archiver = { AWS: [archive.accessKeyId] };
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
      { Effect: "Allow", Principal: { AWS: [janitor.accessKeyId] }, Action: ["s3:DeleteObject"], Resource: objects },
      {
        Effect: "Allow",
        Principal: archiver,
        Action: [...writing, "s3:DeleteObject"],
        Resource: `arn:aws:s3:::${bucket}/*/wal/*`,
      },
    ],
  });
}

/** Makes the bucket of the backups and says who may do what in it. */
export async function prepareBucket(): Promise<void> {
  const client = new S3Client({
    endpoint: storeEndpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: storeKeys().root,
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(path.join(pki, "ca.crt"), "utf8") }) },
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy() }));
  } finally {
    client.destroy();
  }
}
