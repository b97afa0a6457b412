import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hasOfficial, installPlugins } from "./install.ts";

describe("installPlugins", () => {
  const folder = mkdtempSync(join(tmpdir(), "acci-install-"));
  const [home, bin, elsewhere] = [join(folder, "home"), join(folder, "bin"), join(folder, "elsewhere")];
  afterAll(() => rmSync(folder, { recursive: true }));
  const install = (path = "") =>
    installPlugins(home, bin, { node: "/usr/bin/node", path }).map((file) => file.split("/").at(-1));

  it("writes a wrapper for each plugin under the version of its npm package", () => {
    expect(install()).toEqual([
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
      "pulumi-resource-kubernetes",
      "pulumi-resource-docker-build",
      "pulumi-resource-docker",
      "pulumi-resource-random",
    ]);
    const { version } = jest.requireActual<{ version: string }>("@pulumi/random/package.json");
    const wrapper = join(home, "plugins", `resource-random-v${version}`, "pulumi-resource-random");
    expect(readFileSync(wrapper, "utf8")).toMatch(/exec '\/usr\/bin\/node' '.*\/random\/main\.ts' "\$@"/);
  });

  it("replaces what a killed run left half written", () => {
    const [wrapper = ""] = installPlugins(home, bin, { path: "" });
    writeFileSync(wrapper, "");
    expect(installPlugins(home, bin, { path: "" })).toContain(wrapper);
    expect(readFileSync(wrapper, "utf8")).toMatch(/^#!\/bin\/sh\n/);
  });

  it("writes its own again, and leaves an official one alone wherever it is", () => {
    const [official = ""] = installPlugins(home, bin, { path: "" }).filter((file) => file.endsWith("resource-docker"));
    expect(existsSync(official)).toBe(true);
    writeFileSync(official, "official");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "pulumi-resource-random"), "official");
    const written = install(elsewhere);
    expect(written).not.toContain("pulumi-resource-docker");
    expect(written).not.toContain("pulumi-resource-random");
    expect(written).toContain("pulumi-resource-kubernetes");
    expect(readFileSync(official, "utf8")).toBe("official");
    expect(dirname(official)).toContain("resource-docker-v");
    expect(hasOfficial("docker", home, "")).toBe(true);
    expect([hasOfficial("random", home, elsewhere), hasOfficial("random", home, "")]).toEqual([true, false]);
    expect(hasOfficial("kubernetes", home, elsewhere)).toBe(false);
  });
});
