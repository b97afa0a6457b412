import { BackupError } from "../errors.ts";
import { storeFailure } from "./failure.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

const settings = {
  region: "eu-1",
  bucket: "acci",
  prefix: "prod",
  accessKeyId: "id",
  secretAccessKey: "secret",
  forcePathStyle: false,
};
const failed = (error: object) =>
  storeFailure(settings, "reading catalogue.json", Object.assign(new Error("why"), error));

test("names the store, the request, the reason and the cure", () => {
  expect(failed({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } })).toMatchObject({
    exitCode: EXIT_CODES.store,
    message:
      "s3://acci/prod at Amazon, eu-1: has no such bucket, reading catalogue.json: NoSuchBucket: why; create the bucket, or correct the setting bucket",
  });
});

test.each([
  [
    { name: "InternalError", $metadata: { httpStatusCode: 500 } },
    "failed, reading",
    "look at its log and its free space",
  ],
  [{ name: "NoSuchTagSet", $metadata: { httpStatusCode: 418 } }, "answered 418", "look at its log"],
  [{ name: "Unknown", $metadata: { httpStatusCode: 403 } }, "does not allow this", "give the key the permission"],
  [{ code: "CERT_HAS_EXPIRED" }, "has an expired certificate", "renew it"],
])("tells %j", (error, told, cure) => {
  expect((failed(error) as Error).message).toContain(told);
  expect((failed(error) as Error).message).toContain(cure);
});

test("what is not the store's stays as it is", () => {
  const own = new BackupError("database", "gone");
  expect(storeFailure(settings, "x", own)).toBe(own);
  const bug = new TypeError("undefined is not a function");
  expect(storeFailure(settings, "x", bug)).toBe(bug);
});
