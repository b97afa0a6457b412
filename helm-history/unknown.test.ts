import { forgetRelease } from "./unknown.ts";
import { HelmSecrets } from "./testing/secrets.ts";

test("Helm 3.19, `availableName`: a release that the stack does not know makes way, whatever its state", async () => {
  const secrets = new HelmSecrets();
  secrets.add(1, "superseded");
  secrets.add(2, "failed");
  secrets.add(3, "deployed");
  expect(await forgetRelease(secrets, "acci", "acci-framework")).toBe(true);
  expect(secrets.shown()).toEqual([]);
  expect(await forgetRelease(secrets, "acci", "acci-framework")).toBe(false);
});
