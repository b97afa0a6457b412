import { Readable } from "node:stream";
import { CompleteMultipartUploadCommand, type S3Client } from "@aws-sdk/client-s3";
import { TestStore } from "../testing/store.ts";
import { openClient } from "./client.ts";
import { StoreClock } from "./clock.ts";
import { upload } from "./upload.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const MB = 1 << 20;
const object = { Bucket: "acci", Key: "large" };
const source = () => Readable.from([Buffer.alloc(6 * MB), Buffer.alloc(6 * MB)]);

/** Ends uploads as told, and then says that it knows nothing of them: as after an answer that was lost. */
function forgetful(end: boolean): S3Client {
  const client = openClient(server.settings(), new StoreClock());
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const lost = async (command: unknown) => {
    if (!(command instanceof CompleteMultipartUploadCommand)) return send(command);
    if (end) await send(command);
    throw Object.assign(new Error("The specified multipart upload does not exist."), { name: "NoSuchUpload" });
  };
  client.send = lost as typeof client.send;
  return client;
}

test("an upload that ended although the answer was lost is whole", async () => {
  expect(await upload(forgetful(true), object, source(), { partSize: 5 * MB })).toBe(12 * MB);
});

test("one that did not end is not", async () => {
  const failed = upload(forgetful(false), { ...object, Key: "other" }, source(), { partSize: 5 * MB });
  await expect(failed).rejects.toMatchObject({ name: "NoSuchUpload" });
});
