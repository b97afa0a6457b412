import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Part } from "./parts.ts";

export type Target = Pick<
  PutObjectCommandInput,
  "Bucket" | "Key" | "ObjectLockMode" | "ObjectLockRetainUntilDate" | "ChecksumAlgorithm"
>;

/** An object that is sent part by part. It is there once all of them are and the upload is completed. */
export interface Multipart {
  readonly send: (part: Part) => Promise<void>;
  readonly complete: () => Promise<void>;
  readonly abort: () => Promise<void>;
}

export async function beginMultipart(client: S3Client, target: Target): Promise<Multipart> {
  const { Bucket, Key, ChecksumAlgorithm } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { Bucket, Key, UploadId };
  const checked = ChecksumAlgorithm && { ChecksumAlgorithm };
  const sent: CompletedPart[] = [];
  return {
    async send({ body: Body, number: PartNumber }) {
      const part = new UploadPartCommand({ ...upload, ...checked, PartNumber, Body });
      const { ChecksumCRC32, ETag } = await client.send(part);
      sent[PartNumber - 1] = { PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) };
    },
    async complete() {
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: sent } }));
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}
