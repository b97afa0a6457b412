import { Workspace } from "../testing/workspace.ts";

describe("random and the language host under the real CLI", () => {
  const workspace = new Workspace();
  afterAll(() => workspace.remove());

  const program = (length: number) => `
    const password = new sdk.random.RandomPassword("password", { length: ${length}, special: false });
    exports.password = password.result;
    exports.id = new sdk.random.RandomId("id", { byteLength: 4, prefix: "p-" }).hex;`;

  it("previews, creates, keeps and replaces a password that is encrypted in the state", () => {
    workspace.program(program(24));
    expect(workspace.run("preview")).toContain("+ 3 to create");
    workspace.run("up", "--yes");
    const { password, id } = workspace.outputs() as {
      password: string;
      id: string;
    };
    expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(id).toMatch(/^p-[0-9a-f]{8}$/);
    expect(workspace.run("stack", "export")).not.toContain(password);
    expect(workspace.run("preview", "--expect-no-changes")).toContain("3 unchanged");

    workspace.program(program(30));
    expect(workspace.run("up", "--yes")).toContain("1 replaced");
    expect(workspace.outputs().password).toMatch(/^[A-Za-z0-9]{30}$/);
    expect(workspace.run("refresh", "--yes")).toContain("3 unchanged");
    workspace.run("destroy", "--yes");
  });

  it("names a resource and an input that it does not have", () => {
    workspace.program(`new sdk.random.RandomPet("pet");`);
    expect(workspace.fail("preview")).toContain("random stand-in: random:index/randomPet:RandomPet is not implemented");
  });

  it("reports an error of the program and leaves no process when the CLI is killed", async () => {
    workspace.program(`throw new Error("boom");`);
    expect(workspace.fail("preview")).toContain("boom");

    workspace.program(`require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000);`);
    const cli = workspace.start("preview");
    const { existsSync, readFileSync } = await import("node:fs");
    const pid = `${workspace.folder}/pid`;
    while (!existsSync(pid)) await new Promise((done) => setTimeout(done, 100));
    cli.kill("SIGKILL");
    const alive = () => existsSync(`/proc/${readFileSync(pid, "utf8")}`);
    for (let i = 0; i < 50 && alive(); i++) await new Promise((done) => setTimeout(done, 100));
    expect(alive()).toBe(false);
  });
});
