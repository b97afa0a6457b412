import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../config/load.ts";
import { HelmSecrets } from "../helm-history/testing/secrets.ts";
import type { KubeApi } from "../kubernetes/api.ts";
import { stackValues } from "../test/stack-config.ts";
import { LABELS } from "./schema.ts";
import { holdForSchema, schemaOfImage } from "./schema-check.ts";

const digest = `sha256:${"1".repeat(64)}`;
const image = "ghcr.io/broccode/acci-framework";
const labels = (version: number, oldest = 0) => ({
  [LABELS.version]: String(version),
  [LABELS.oldestApplication]: String(oldest),
});

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
const preview = jest.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(false);
beforeEach(() => void warned.mockClear());
afterAll(() => jest.restoreAllMocks());

const never = () => Promise.reject(new Error("must not be asked"));
const prod = (over: object = {}) => {
  const values = stackValues("prod");
  return parseConfig("prod", { ...values, namespace: "acci", image: { ...(values["image"] as object), ...over } });
};

describe("the schema of the image to deploy", () => {
  test("is read of its labels, by the digest that is deployed and a platform that it has", async () => {
    const asked: string[] = [];
    const declared = (...names: string[]) => (asked.push(...names), Promise.resolve(labels(7, 5)));
    expect(await schemaOfImage(prod().image, digest, declared)).toEqual({ version: 7, oldestApplication: 5 });
    expect(asked).toEqual([`${image}@${digest}`, "linux/amd64"]);
    expect(warned).not.toHaveBeenCalled();
  });

  test("is read of its migrations when it is built here, and nothing is asked", async () => {
    const { image: built } = parseConfig("dev", stackValues("dev"));
    expect(await schemaOfImage(built, undefined, never)).toEqual({ version: 1, oldestApplication: 0 });
  });

  test.each<[string, () => Promise<Record<string, string>>, string]>([
    ["without labels", () => Promise.resolve({}), `${image}@${digest} has no label dev.acci.schema.version`],
    [
      "that crane cannot read",
      () => Promise.reject(new Error("crane: is not installed; install it and put it on the PATH")),
      `the labels of ${image}@${digest} cannot be read (crane: is not installed; install it and put it on the PATH)`,
    ],
  ])("is said not to be known of an image %s", async (_, declared, why) => {
    expect(await schemaOfImage(prod().image, digest, declared)).toBeUndefined();
    expect(warned.mock.calls).toEqual([
      [`acci:image: ${why}; whether the application and the site's schema fit is not known`],
    ]);
  });

  test("is refused when a label is wrong, before anything is changed", async () => {
    const declared = () => Promise.resolve({ [LABELS.version]: "seven" });
    await expect(schemaOfImage(prod().image, digest, declared)).rejects.toThrow("got seven; build it again");
  });
});

describe("a site with the schema of migration 4, which serves applications with migration 3 or later", () => {
  const secrets = new HelmSecrets();
  const add = (revision: number, status: string, schema?: object) =>
    secrets.add(revision, status, undefined, undefined, { image: { digest, ...(schema ? { schema } : {}) } });
  add(1, "superseded");
  add(2, "superseded", { version: 3, oldestApplication: 0 });
  add(3, "deployed", { version: 4, oldestApplication: 3 });

  let read = 0;
  const api: KubeApi = {
    ask: <T>(path: string) => {
      if (/secrets\/sh/.test(path)) read++;
      return secrets.ask<T>(path);
    },
  };
  const cluster = { open: () => Promise.resolve(api), declared: never };
  const candidate = (version: number, oldestApplication = 0) => ({
    version: "1.2.3",
    schema: { version, oldestApplication },
  });

  test.each([
    ["the application that it was migrated by", candidate(4, 3)],
    ["an older one that it serves", candidate(3)],
    ["a later one", candidate(5, 4)],
    ["one of an unknown schema", { version: "1.2.3", schema: undefined }],
  ])("gets %s", async (_, wanted) => {
    await holdForSchema(prod(), wanted, undefined, cluster);
    expect(warned).not.toHaveBeenCalled();
  });

  test("is asked for one revision when its schema stays as it is", async () => {
    read = 0;
    await holdForSchema(prod(), candidate(4, 3), undefined, cluster);
    expect(read).toBe(1);
  });

  test.each([
    ["an older one that it does not serve", candidate(2), "acci:image.version: must have migration 3 or a later one"],
    [
      "one that takes too much away",
      candidate(6, 5),
      "acci:image.version: must serve the application that runs, with migration 4",
    ],
  ])("does not get %s", async (_, wanted, refusal) => {
    await expect(holdForSchema(prod(), wanted, undefined, cluster)).rejects.toThrow(refusal);
    preview.mockReturnValueOnce(true);
    await holdForSchema(prod(), wanted, undefined, cluster);
    await holdForSchema(prod({ schemaCheck: "warn" }), wanted, undefined, cluster);
    expect(warned.mock.calls).toEqual([[expect.stringContaining(refusal)], [expect.stringContaining(refusal)]]);
  });

  test("is not held up when the cluster does not answer, but told so", async () => {
    await holdForSchema(prod(), candidate(2), undefined, { open: () => Promise.reject(new Error("no cluster")) });
    expect(warned.mock.calls).toEqual([
      ["acci:image: no cluster; whether the application and the site's schema fit is not known"],
    ]);
  });

  describe("that is to fail over", () => {
    const origin = { dump: "acci-prod-1", image: `${image}@${digest}` };
    const failover = (declared: () => Promise<Record<string, string>>) => ({ open: never, declared });

    test("is judged by the dump instead of by what ran here", async () => {
      await holdForSchema(
        prod(),
        candidate(2),
        origin,
        failover(() => Promise.resolve(labels(4, 2))),
      );
      await expect(
        holdForSchema(
          prod(),
          candidate(2),
          origin,
          failover(() => Promise.resolve(labels(4, 3))),
        ),
      ).rejects.toThrow("acci:image.version: must have migration 3 or a later one for the schema of acci-prod-1");
    });

    test("is not judged here by a dump that only the cluster can choose", async () => {
      await holdForSchema(prod(), candidate(2), "chosen later", failover(never));
      expect(warned).not.toHaveBeenCalled();
    });
  });
});
