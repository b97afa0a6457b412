import path from "node:path";
import { Workspace } from "../testing/workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.remove());

/** A protected resource with data, and an unprotected one that depends on it. */
const program = (protect: boolean) => `
  const { Guard } = require(${JSON.stringify(path.join(__dirname, "../../../components/guard.ts"))});
  class Site extends sdk.pulumi.ComponentResource {
    constructor() {
      super("test:index:Site", "site");
      const data = new sdk.random.RandomId("data", { byteLength: 4 }, { parent: this, protect: ${protect} });
      new sdk.random.RandomId("way-in", { byteLength: 4, keepers: { data: data.hex } }, { parent: this });
      new sdk.random.RandomId("beside", { byteLength: 4 }, { parent: this });
    }
  }
  new Guard("guard", { protect: ${protect}, guarded: [new Site()] });`;

const resources = () => {
  const { resources: found = [] } = JSON.parse(workspace.run("stack", "export")).deployment as {
    resources?: { urn: string }[];
  };
  return found.map(({ urn }) => urn.split("::").at(-1));
};

test("Pulumi 3.259.0, `performPostSteps`: what a refused resource depends on is not deleted, so a protected stack stays whole", () => {
  workspace.program(program(true));
  workspace.run("up", "--yes");
  const before = resources();
  expect(before).toEqual(expect.arrayContaining(["guard", "site", "data", "way-in", "beside"]));

  const said = workspace.fail("destroy", "--yes", "--skip-preview");
  expect(said).toContain("::guard");
  expect(said).toContain("cannot be deleted");
  expect(resources()).toEqual(before);

  workspace.program(program(false));
  workspace.run("up", "--yes");
  workspace.run("destroy", "--yes", "--skip-preview");
  expect(resources()).toEqual([]);
});
