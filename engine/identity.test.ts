import * as pulumi from "@pulumi/pulumi";
import { identityOf } from "./identity.ts";

const KEPT = { uid: "7f0d", resourceVersion: "1" };
/** As a dry run answers, and as a preview does that cannot ask one. */
const DRY = [{ uid: "invented" }, {}, undefined];

/** Whether it is known, and what it is. */
async function read(metadata: object | undefined, isPreview: boolean): Promise<unknown> {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "acci",
    "test",
    isPreview,
  );
  const identity = identityOf(pulumi.output(metadata)) as unknown as {
    isKnown: Promise<boolean>;
    promise(): Promise<string>;
  };
  return (await identity.isKnown) ? identity.promise() : "unknown";
}

test("kubernetes provider 4.34.2, `Create` in a preview: what a dry run shows has a uid that nothing will have", async () => {
  for (const metadata of DRY) expect(await read(metadata, true)).toBe("unknown");
});

test("what is there is known, in a preview as well", async () => {
  expect([await read(KEPT, true), await read(KEPT, false)]).toEqual(["7f0d", "7f0d"]);
});
