import { readLastRun } from "../last-run.ts";
import { Settings } from "../settings.ts";
import { openStore } from "../store/store.ts";
import { TestStore } from "../testing/store.ts";
import { rotateCommand } from "./rotate.ts";

let objects: TestStore;

beforeAll(async () => {
  objects = await TestStore.start();
});
afterAll(() => objects.stop());

test("a rotation that fails is told to the watch, one that only would have been is not", async () => {
  const place = objects.settings();
  const store = openStore(place);
  const settings = new Settings({ ACCI_SITE: "prod", ACCI_STORE: objects.mounted(place), ACCI_KEEP: "{}" });
  try {
    await expect(rotateCommand(settings, ["--dry-run"])).rejects.toThrow(/has no catalogue/);
    expect(await readLastRun(store, "prod")).toBeUndefined();
    await expect(rotateCommand(settings, [])).rejects.toThrow(/has no catalogue/);
    expect(await readLastRun(store, "prod")).toMatchObject({ exitCode: 65 });
  } finally {
    store.close();
  }
});
