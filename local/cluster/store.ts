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

/** `root` owns the bucket, `producer` may not delete, `janitor` may. */
type Account = "root" | "producer" | "janitor";

export interface StoreKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const file = inState("store-keys.json");

/** The accounts of the object store, made once. */
export function storeKeys(): Record<Account, StoreKey> {
  if (!existsSync(file)) {
    const made = (name: Account) => [
      name,
      { accessKeyId: `${name}-${randomBytes(4).toString("hex")}`, secretAccessKey: randomBytes(24).toString("hex") },
    ];
    const keys = Object.fromEntries((["root", "producer", "janitor"] as const).map(made)) as Record<Account, StoreKey>;
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, "utf8")) as Record<Account, StoreKey>;
}

/** What the server reads its accounts from: through its interface a key would have to be an argument. */
export function writeAccounts(): void {
  mkdirSync(accounts, { recursive: true, mode: 0o700 });
  const { janitor, producer } = storeKeys();
  const accessAccounts = Object.fromEntries(
    [janitor, producer].map(({ accessKeyId: access, secretAccessKey: secret }) => [
      access,
      { access, secret, role: "user", userID: 0, groupID: 0, projectID: 0 },
    ]),
  );
  writeFileSync(path.join(accounts, "users.json"), JSON.stringify({ accessAccounts }), { mode: 0o600 });
}

function policy(): string {
  const { janitor, producer } = storeKeys();
  const both = { AWS: [janitor.accessKeyId, producer.accessKeyId] };
  const objects = `arn:aws:s3:::${bucket}/*`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: both,
        Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: `arn:aws:s3:::${bucket}`,
      },
      {
        Effect: "Allow",
        Principal: both,
        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: objects,
      },
      { Effect: "Allow", Principal: { AWS: [janitor.accessKeyId] }, Action: ["s3:DeleteObject"], Resource: objects },
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
