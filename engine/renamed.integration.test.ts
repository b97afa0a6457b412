import path from "node:path";
import { Workspace } from "../local/pulumi/testing/workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.remove());

/** A component in another, each with a child that is named after it. */
const program = (outer: string, inner: string, options = "") => `
  const { renamed } = require(${JSON.stringify(path.join(import.meta.dirname, "renamed.ts"))});
  const { pulumi: { ComponentResource }, random: { RandomId } } = sdk;
  class Part extends ComponentResource {
    constructor(type, name, opts) {
      super(type, name, {}, opts);
      this.data = new RandomId(name, { byteLength: 4 }, { parent: this });
      new RandomId(name + "-more", { byteLength: 4 }, { parent: this });
    }
  }
  const [of, within] = [${options || "(opts) => opts, (opts) => opts"}];
  const outer = new Part("test:index:${outer}", "${outer.toLowerCase()}", of({}));
  const inner = new Part("test:index:${inner}", "${inner.toLowerCase()}", within({ parent: outer }));
  exports.data = [outer.data.hex, inner.data.hex];`;

test("a component that was renamed, in another that was, keeps its children and theirs", () => {
  workspace.program(program("Protection", "Watch"));
  workspace.run("up", "--yes", "--skip-preview");
  const { data } = workspace.outputs();

  const aliased =
    `(opts) => renamed(opts, { type: "test:index:Protection", name: "protection" }), ` +
    `(opts) => renamed(opts, { type: "test:index:Watch", name: "watch" })`;
  workspace.program(program("Safety", "Agent", aliased));
  const said = workspace.run("up", "--yes", "--skip-preview");
  expect(said).toMatch(/Resources:\s+7 unchanged/);
  expect(workspace.outputs()).toEqual({ data });

  // Without the aliases everything is made again, so the aliases are what keeps it.
  workspace.program(program("Other", "Names"));
  expect(workspace.run("preview")).toMatch(/6 to create\s+.*6 to delete/s);
});
