import { Readable } from "node:stream";
import {
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { TestStore } from "../testing/store.ts";
import { openClient } from "./client.ts";
import { StoreClock } from "./clock.ts";
import { type PutOptions, upload } from "./upload.ts";

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
  expect(await upload(forgetful(true), object, source())).toBe(12 * MB);
});

test("one that did not end is not", async () => {
  const failed = upload(forgetful(false), { ...object, Key: "other" }, source());
  await expect(failed).rejects.toMatchObject({ name: "NoSuchUpload" });
});

test("parts are equal and as large as the size that is expected, without which they are 8 MiB", async () => {
  const client = openClient(server.settings(), new StoreClock());
  const send = jest.spyOn(client, "send");
  const sizes = async (of: number, options: PutOptions) => {
    send.mockClear();
    const source = Readable.from(Array.from({ length: of }, () => Buffer.alloc(MB)));
    expect(await upload(client, { ...object, Key: "sized" }, source, options)).toBe(of * MB);
    const head = await client.send(new HeadObjectCommand({ ...object, Key: "sized" }));
    expect(head.ContentLength).toBe(of * MB);
    return send.mock.calls.flatMap(([command]) =>
      command instanceof UploadPartCommand ? [(command.input.Body as Buffer).length / MB] : [],
    );
  };
  expect(await sizes(20, {})).toEqual([8, 8, 4]);
  expect(await sizes(16, {})).toEqual([8, 8]);
  expect(await sizes(40, { size: 80e9 })).toEqual([16, 16, 8]);
});

test("what is smaller than a part is one request", async () => {
  const client = openClient(server.settings(), new StoreClock());
  const send = jest.spyOn(client, "send");
  for (const body of [[], [Buffer.from("x")], [Buffer.alloc(7 * MB)]]) {
    send.mockClear();
    await upload(client, { ...object, Key: "small" }, Readable.from(body, { objectMode: false }));
    expect(send.mock.calls.map(([command]) => command.constructor.name)).toEqual(["PutObjectCommand"]);
  }
});
