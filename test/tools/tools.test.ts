import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { project } from "../../tooling/paths.ts";
import { isThere, TOOLS } from "./list.ts";
import { entryOf } from "./zip.ts";

const runner = require("./runner.cjs") as (
  ...args: unknown[]
) => Promise<{ numPendingTests: number; testResults: { title: string }[] }>;

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "acci-tools-"));
  env = { ...process.env };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env = env;
});

describe("a tool", () => {
  it("is there by its variable or on the path", () => {
    writeFileSync(path.join(folder, "redis-server"), "");
    process.env["PATH"] = folder;
    expect([isThere("redis-server"), isThere("docker-registry")]).toEqual([true, false]);
    process.env["KUBE_SCORE"] = path.join(folder, "redis-server");
    expect(isThere("kube-score")).toBe(true);
    process.env["KUBE_SCORE"] = path.join(folder, "nothing");
    expect(isThere("kube-score")).toBe(false);
  });

  it("that is Helm must be new enough where its words count", () => {
    const helm = (version: string) =>
      writeFileSync(path.join(folder, "helm"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    process.env["HELM"] = path.join(folder, "helm");
    helm("v3.17.3+ge4da497");
    expect([isThere("helm"), isThere("helm-3.18")]).toEqual([true, false]);
    helm("v3.19.4+g7cfb6e4");
    expect([isThere("helm"), isThere("helm-3.18")]).toEqual([true, true]);
  });
});

describe("a file of tests", () => {
  const skippedBy = async (comment: string) => {
    const file = path.join(folder, "one.test.ts");
    writeFileSync(file, `${comment}\ntest("is not even loaded", () => {});\n`);
    const { numPendingTests, testResults } = await runner({}, {}, {}, {}, file);
    return [numPendingTests, ...testResults.map(({ title }) => title)];
  };

  it("is skipped for the tools that it needs and that are missing", async () => {
    process.env["ACCI_TESTS_LACK"] = "helm-3.18 redis-server";
    expect(await skippedBy("/** @needs helm @needs redis-server */")).toEqual([1, "needs redis-server"]);
    expect(await skippedBy("/** Of values. @needs helm-3.18 @needs redis-server */")).toEqual([
      1,
      "needs helm-3.18 and redis-server",
    ]);
  });

  const files = ["ci", "components", "config", "diagnosis", "helm-history", "policy", "test"].flatMap((of) =>
    readdirSync(path.join(project, of), { recursive: true, encoding: "utf8" })
      .filter(
        (name) => name.endsWith(".test.ts") && !name.endsWith(".integration.test.ts") && !name.startsWith("cluster/"),
      )
      .map((name) => path.join(of, name)),
  );
  const textOf = (file: string) => readFileSync(path.join(project, file), "utf8");
  const needsOf = (file: string) => {
    const [comment = ""] = /^\/\*\*[^]*?\*\//.exec(textOf(file)) ?? [];
    return [...comment.matchAll(/@needs ([\w.-]+)/g)].map(([, tool]) => tool!);
  };

  it("needs none but those that are looked for", () => {
    const needed = files.flatMap(needsOf);
    expect([...new Set(needed)].filter((tool) => !(tool in TOOLS))).toEqual([]);
    expect(needed.length).toBeGreaterThan(15);
  });

  it.each([
    [/from ".*(chart\/|\.\/)schemas\.ts"/, "schemas"],
    [/from ".*(chart\/|\.\/)linters\.ts"/, "kube-score"],
    [/from ".*(chart\/|\.\/)helm\.ts"/, "helm"],
    [/from ".*testing\/registry\.ts"/, "docker-registry"],
    [/spawn\("redis-server"/, "redis-server"],
  ])("with %s says that it needs %s", (using, tool) => {
    const found = files.filter((file) => using.test(textOf(file)));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((file) => !needsOf(file).some((need) => need.startsWith(tool)))).toEqual([]);
  });
});

describe("a zip archive", () => {
  /** A zip archive of two files, the second one deflated, as `zip` writes them. */
  function archive(files: Record<string, string>): Buffer {
    const local: Buffer[] = [];
    const directory: Buffer[] = [];
    let offset = 0;
    for (const [name, text] of Object.entries(files)) {
      const content = deflateRawSync(text);
      const header = Buffer.alloc(30);
      header.writeUInt32LE(0x04034b50, 0);
      header.writeUInt16LE(name.length, 26);
      const entry = Buffer.alloc(46);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt16LE(8, 10);
      entry.writeUInt32LE(content.length, 20);
      entry.writeUInt16LE(name.length, 28);
      entry.writeUInt32LE(offset, 42);
      local.push(header, Buffer.from(name), content);
      directory.push(entry, Buffer.from(name));
      offset += 30 + name.length + content.length;
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Object.keys(files).length, 10);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...local, ...directory, end]);
  }

  it("gives back the file that is asked for", () => {
    const zip = archive({ "kubectl/kubectl": "one", "helm/helm": "two ".repeat(100) });
    expect(entryOf(zip, "helm/helm").toString()).toBe("two ".repeat(100));
    expect(() => entryOf(zip, "helm")).toThrow("zip: must have helm, got none of that name");
    expect(() => entryOf(Buffer.from("no archive, but long enough"), "helm")).toThrow(/must have an end/);
  });
});
