import { environment } from "../contract/variables.ts";
import { readLastRun } from "../last-run.ts";
import { read } from "../settings.ts";
import { openStore } from "../store/store.ts";
import { TestStore } from "../testing/store.ts";
import { pruneCommand } from "./prune.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

const keep = { hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 };
let objects: TestStore;

beforeAll(async () => {
  objects = await TestStore.start();
});
afterAll(() => objects.stop());

test("a rotation that fails is told to the agent, one that only would have been is not", async () => {
  const place = objects.settings();
  const store = openStore(place);
  const settings = read(environment({ site: "prod", storeFolder: objects.mounted(place), keep }));
  try {
    await expect(pruneCommand(settings, ["--dry-run"])).rejects.toThrow(/has no catalogue/);
    expect(await readLastRun(store, "prod")).toBeUndefined();
    await expect(pruneCommand(settings, [])).rejects.toThrow(/has no catalogue/);
    expect(await readLastRun(store, "prod")).toMatchObject({ exitCode: EXIT_CODES.refused });
  } finally {
    store.close();
  }
});
