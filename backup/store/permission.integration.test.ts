import { Readable } from "node:stream";
import { TestStore } from "../testing/store.ts";
import { type StoreSettings } from "./settings.ts";
import { openStore } from "./store.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

let server: TestStore;
beforeAll(async () => {
  server = await TestStore.start();
});
afterAll(() => server.stop());

const open = (changed: Partial<StoreSettings>) => openStore(server.settings({ prefix: "p", ...changed }));

test("a key that may write but not remove is told so for each object, and nothing is gone", async () => {
  const account = await server.account("producer", ["s3:PutObject", "s3:GetObject", "s3:ListBucket"]);
  const producer = open(account);
  await producer.put("dumps/a/1", Readable.from([Buffer.from("x")]));
  const refused = await producer.remove(["dumps/a/1"]);
  expect(refused).toEqual([{ key: "dumps/a/1", reason: expect.stringContaining("AccessDenied") as string }]);
  expect(await producer.head("dumps/a/1")).toMatchObject({ bytes: 1 });
});

test("a key that may only read is refused by name of the permission", async () => {
  const reader = open(await server.account("reader", ["s3:GetObject", "s3:ListBucket"]));
  await expect(reader.write("catalogue.json", "{}")).rejects.toMatchObject({
    exitCode: EXIT_CODES.store,
    message: expect.stringMatching(
      /does not allow this, writing catalogue\.json: .*give the key the permission/,
    ) as string,
  });
});

describe("under object lock", () => {
  test("an object of any size stays until its time", async () => {
    const store = open(await server.lockableBucket("locked"));
    const until = new Date(Date.now() + 3_600_000);
    const lock = { until, mode: "GOVERNANCE" } as const;
    await store.put("dumps/a/small", Readable.from([Buffer.from("x")]), { lock });
    await store.put("dumps/a/large", Readable.from([Buffer.alloc(12 << 20)]), { lock });
    // A removal only hides an object there, and what it hides cannot be removed.
    expect(await store.remove(["dumps/a/small", "dumps/a/large"])).toEqual([]);
    expect(await store.head("dumps/a/large")).toBeUndefined();
    expect(await server.removeVersions("locked")).toEqual([
      "p/dumps/a/large: AccessDenied",
      "p/dumps/a/small: AccessDenied",
    ]);
  });

  test("a bucket that cannot lock is named", async () => {
    const lock = { until: new Date(Date.now() + 3_600_000), mode: "GOVERNANCE" } as const;
    await expect(open({}).put("dumps/a/1", Readable.from([Buffer.from("x")]), { lock })).rejects.toMatchObject({
      exitCode: EXIT_CODES.store,
      message: expect.stringContaining("its bucket cannot lock objects, writing dumps/a/1") as string,
    });
  });
});
