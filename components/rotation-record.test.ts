import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../config/load.ts";
import { ApiError, type KubeApi } from "../kubernetes/api.ts";
import { stackValues } from "../test/stack-config.ts";
import { checkRotations, rotationRecord } from "./rotation-record.ts";

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
beforeEach(() => void warned.mockClear());
afterAll(() => jest.restoreAllMocks());

const config = (rotation: object) => parseConfig("dev", { ...stackValues("dev"), rotation });
const { rotation: done } = config({ postgresApp: 3 });

const answering =
  (answer: () => object): (() => Promise<KubeApi>) =>
  () =>
    Promise.resolve({ ask: <T>() => Promise.resolve().then(() => answer() as T) });
const namespace = answering(() => ({ metadata: { annotations: rotationRecord(done) } }));

test.each([3, 4])("a password that was replaced three times may be asked for %i rotations", async (postgresApp) => {
  await expect(checkRotations(config({ postgresApp }), namespace)).resolves.toBeUndefined();
});

test.each([
  [2, "acci:rotation.postgresApp: must be 3 or 4, got 2; rotate to 4, since an earlier password may have leaked"],
  [
    5,
    "acci:rotation.postgresApp: must be 3 or 4, got 5; rotate once and wait, since two rotations at once end the password that is in use",
  ],
])("and may not be asked for %i", async (postgresApp, message) => {
  await expect(checkRotations(config({ postgresApp }), namespace)).rejects.toThrow(message);
});

test("every password that is wrong is named", async () => {
  await expect(checkRotations(config({ redis: 7, postgresOwner: 2 }), namespace)).rejects.toThrow(
    /postgresOwner[\s\S]*postgresApp[\s\S]*redis/,
  );
});

test.each<[string, () => object]>([
  ["that is new", () => ({ metadata: {} })],
  [
    "that is not there yet",
    () => {
      throw new ApiError(404, "not found");
    },
  ],
  [
    "of an unreachable cluster",
    () => {
      throw new Error("no answer");
    },
  ],
])("a site %s may have any", async (_, answer) => {
  await expect(checkRotations(config({ redis: 9 }), answering(answer))).resolves.toBeUndefined();
  expect(warned).not.toHaveBeenCalled();
});

test("a namespace that may not be read is said", async () => {
  const forbidden = answering(() => {
    throw new ApiError(403, "forbidden");
  });
  await checkRotations(config({ redis: 9 }), forbidden);
  expect(warned.mock.calls).toEqual([["acci:rotation: forbidden; whether a password would come back is not known"]]);
});
