import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contextHash } from "./context.ts";
import { parseIgnore } from "./ignore.ts";
import { registriesConf, registryHosts } from "./registries.ts";

describe("contextHash", () => {
  const folder = mkdtempSync(join(tmpdir(), "acci-context-"));
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  const hash = () => contextHash({ folder, dockerfile: join(folder, "Dockerfile"), named: {} });
  mkdirSync(join(folder, "target"));
  write("Dockerfile", "FROM scratch");
  write("main.rs", "1");
  write(".dockerignore", "target\n");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("changes with names, modes and contents, but not with times or ignored files", () => {
    const first = hash();
    write("target/out", "x");
    utimesSync(join(folder, "main.rs"), 0, 0);
    expect(hash()).toBe(first);
    write("main.rs", "2");
    const second = hash();
    chmodSync(join(folder, "main.rs"), 0o755);
    const third = hash();
    write("other.rs", "");
    expect(new Set([first, second, third, hash()]).size).toBe(4);
  });

  it("changes with a Dockerfile that is itself ignored", () => {
    write(".dockerignore", "target\nDockerfile\n");
    const first = hash();
    write("Dockerfile", "FROM busybox");
    expect(hash()).not.toBe(first);
  });
});

describe(".dockerignore", () => {
  const ignore = parseIgnore("# comment\n/target/\n**/*.log\nnode_modules\ndocs/*\n!docs/README.md\n");

  it.each([
    ["target", true],
    ["target/debug/a", true],
    ["src/target", false],
    ["a/b/x.log", true],
    ["x.log", true],
    ["x.logs", false],
    ["docs/guide.md", true],
    ["docs/README.md", false],
    ["src/main.rs", false],
  ])("%s", (path, excluded) => {
    expect(ignore.excludes(path)).toBe(excluded);
  });

  it("looks into an ignored folder only for its exceptions", () => {
    expect(ignore.mayInclude("docs")).toBe(true);
    expect(ignore.mayInclude("target")).toBe(false);
  });
});

describe("registries of a Dockerfile", () => {
  it("finds every host it pulls from, through arguments and stages", () => {
    const dockerfile = `# syntax=docker/dockerfile:1
ARG REGISTRY=quay.io
ARG TAG
FROM --platform=$BUILDPLATFORM \${REGISTRY}/rust:\${TAG:-1} AS build
COPY --from=ghcr.io/astral/uv:1 /uv /uv
FROM gcr.io/distroless/cc-debian12
COPY --from=build /x /x`;
    expect(registryHosts(dockerfile, {})).toEqual(["docker.io", "gcr.io", "ghcr.io", "quay.io"]);
    expect(registryHosts(dockerfile, { REGISTRY: "mirror.example:5000" })).toContain("mirror.example:5000");
  });

  it("sends them all to one place", () => {
    expect(registriesConf(["docker.io"], "127.0.0.1:5000")).toBe(
      'unqualified-search-registries = ["docker.io"]\n\n[[registry]]\nprefix = "docker.io"\nlocation = "127.0.0.1:5000"\ninsecure = true\n',
    );
  });
});
