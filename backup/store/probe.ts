import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { nameOf, statusOf } from "./failure.ts";
import { beginMultipart } from "./multipart.ts";
import { removeObjects } from "./removal.ts";
import { abandonUpload, unfinishedUploads } from "./unfinished.ts";

/** A folder for trial writes. Without the right to delete, two objects stay there, always the same. */
export interface Place {
  readonly client: S3Client;
  readonly Bucket: string;
  /** Ends with a slash. */
  readonly Prefix: string;
}

const BODY = "acci tries here what it needs of a store\n";
const DAY = 86_400_000;

/** A sentence on what the store gets wrong; undefined when all is well. */
type Lack = string | undefined;

/** Tries the requests that making and restoring dumps need; returns what the store lacks. */
export async function lacksForDumps({ client, Bucket, Prefix }: Place): Promise<string[]> {
  const object = { Bucket, Key: `${Prefix}write` };
  // A failure here is not a lack, and is described as what it is.
  await client.send(new PutObjectCommand({ ...object, Body: BODY }));
  return known([
    conditions(client, object),
    tried("GET with Range", () => range(client, object)),
    tried("HEAD", () => length(client, object)),
    tried("ListObjectsV2", () => listed(client, object)),
    tried("multipart uploads", () => inParts(client, { Bucket, Key: `${Prefix}parts` })),
  ]);
}

/** The same for removing dumps. A missing right to delete is reported when it is needed. */
export function lacksForRemoval({ client, Bucket, Prefix }: Place): Promise<string[]> {
  const object = { Bucket, Key: `${Prefix}removal` };
  return known([
    tried("DeleteObjects and DeleteObject", async () => {
      await client.send(new PutObjectCommand({ ...object, Body: BODY }));
      await removeObjects(client, Bucket, [object.Key]);
      return undefined;
    }),
    tried("ListMultipartUploads", async () => {
      for await (const upload of unfinishedUploads(client, Bucket, Prefix))
        if (Date.now() - upload.started.getTime() > DAY) await abandonUpload(client, Bucket, upload);
      return undefined;
    }),
  ]);
}

const known = async (lacks: readonly Promise<readonly Lack[] | Lack>[]): Promise<string[]> =>
  (await Promise.all(lacks)).flat().filter((lack) => lack !== undefined);

async function tried(what: string, attempt: () => Promise<Lack>): Promise<Lack> {
  try {
    return await attempt();
  } catch (error) {
    if (!isUnknown(error)) throw error;
    return `refuses ${what} (${statusOf(error)} ${nameOf(error)}: ${(error as Error).message})`;
  }
}

/** Whether the store answers but does not know the request. */
const isUnknown = (error: unknown) => [400, 404, 405, 411, 415, 501].includes(statusOf(error) ?? 0);

type Named = { readonly Bucket: string; readonly Key: string };

/** In order: each write but the last must change nothing. */
async function conditions(client: S3Client, object: Named): Promise<Lack[]> {
  const write = async (condition: { IfMatch: string } | { IfNoneMatch: string }) => {
    try {
      await client.send(new PutObjectCommand({ ...object, Body: BODY, ...condition }));
      return "written";
    } catch (error) {
      // Also the answer when two runs try at the same moment.
      if ([409, 412].includes(statusOf(error) ?? 0)) return "held off";
      throw error;
    }
  };
  const etag = async () => (await client.send(new HeadObjectCommand(object))).ETag!;
  const absent = await tried("If-None-Match", async () =>
    (await write({ IfNoneMatch: "*" })) === "written"
      ? "ignores If-None-Match, so of two first dumps one would be lost"
      : undefined,
  );
  const match = await tried("If-Match", async () => {
    if ((await write({ IfMatch: '"another"' })) === "written")
      return "ignores If-Match, so two runs could overwrite each other's work";
    const before = await etag();
    // Another run may have written in between.
    if ((await write({ IfMatch: before })) === "written" || (await etag()) !== before) return undefined;
    return "takes no If-Match, not even one that matches";
  });
  return [absent, match];
}

async function range(client: S3Client, object: Named): Promise<Lack> {
  const { Body } = await client.send(new GetObjectCommand({ ...object, Range: "bytes=5-9" }));
  return (await Body!.transformToString()) === BODY.slice(5, 10)
    ? undefined
    : "ignores Range, or answers a different range";
}

async function length(client: S3Client, object: Named): Promise<Lack> {
  const { ContentLength } = await client.send(new HeadObjectCommand(object));
  return ContentLength === BODY.length ? undefined : `says that an object of ${BODY.length} bytes has ${ContentLength}`;
}

async function listed(client: S3Client, { Bucket, Key }: Named): Promise<Lack> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
  return Contents.some((found) => found.Key === Key) ? undefined : "does not list what was just written";
}

/** One upload that is completed and one that is aborted. */
async function inParts(client: S3Client, object: Named): Promise<Lack> {
  const [ended, given] = await Promise.all([beginMultipart(client, object), beginMultipart(client, object)]);
  await Promise.all([given.abort(), ended.send({ number: 1, body: Buffer.from(BODY) }).then(() => ended.complete())]);
  return undefined;
}
