/** @needs helm */
import path from "node:path";
import { FakeGitHub } from "./testing/fake-github.ts";
import { Scripts } from "./testing/script.ts";

const recorded = (name: string) => path.join(import.meta.dirname, "testing", `${name}.jsonl`);
const BACKEND = { PULUMI_BACKEND_URL: "file:///nowhere" };
// HEAD exists in every checkout, so there is always a ref to compare with.
const BASE = { ACCI_BASE: "HEAD" };

jest.setTimeout(120_000);

let scripts: Scripts;
beforeEach(() => {
  scripts = new Scripts();
});
afterEach(() => scripts.remove());

describe("preview.ts", () => {
  test("reports what the engine says, and fails as it does", async () => {
    scripts.play(recorded("preview"), 1);
    const { code, stdout } = await scripts.run("preview.ts", ["dev", "--diff"], { ...BACKEND, ...BASE });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^<!-- acci-preview:dev -->\n### Stack dev: refused by 1 violation of policy\n/),
    ]);
    expect(stdout).toContain("**require-image-digests** `docker.io/valkey/valkey`: chosen by minor release");
    expect(scripts.calls()).toEqual([
      "preview --policy-pack policy --diff --stack dev --non-interactive --color never",
    ]);
  });

  test("does not pass off an engine that died as one without changes", async () => {
    scripts.play("/dev/null", 137);
    const { code, stdout } = await scripts.run("preview.ts", ["dev"], { ...BACKEND, ...BASE });
    expect([code, stdout]).toEqual([1, expect.stringContaining("> ❌ `pulumi preview: exit code 137")]);
  });

  test("without a backend needs neither pulumi nor a secret", async () => {
    const { code, stdout } = await scripts.run("preview.ts", ["prod"], BASE);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Without a cluster or secrets")]);
    expect(stdout).toContain("⚠️ **report-unchecked-charts** `addons-cert-manager, ");
  });

  test("reports a check that cannot be made", async () => {
    const { code, stdout } = await scripts.run("preview.ts", ["dev"], { ACCI_BASE: "no-such-branch" });
    expect([code, stdout]).toEqual([1, expect.stringContaining("### Stack dev: the preview failed")]);
  });
});

describe("drift.ts", () => {
  const github = new FakeGitHub();
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    env = {
      ...BACKEND,
      GITHUB_API_URL: await github.start(),
      GITHUB_REPOSITORY: "acme/acci",
      GITHUB_TOKEN: "writer",
    };
  });
  afterAll(() => github.stop());

  test("opens an issue that names what differs, and closes it when nothing does", async () => {
    scripts.play(recorded("drift"), 7);
    expect((await scripts.run("drift.ts", ["dev"], env)).code).toBe(7);
    expect((await scripts.run("drift.ts", ["dev"], env)).code).toBe(7);
    expect(github.issues).toHaveLength(1);
    const { body, title } = github.issues[0]!;
    expect(title).toBe("Stack dev has drifted");
    expect(body).toContain("| delete | `removed` | `kubernetes:core/v1:ConfigMap` |");
    expect(body).toContain('! data.LOG_LEVEL: "info" → "trace"');
    expect(body).not.toContain("steady");

    scripts.play("/dev/null", 0);
    expect((await scripts.run("drift.ts", ["dev"], env)).code).toBe(0);
    expect(github.issues.map(({ state }) => state)).toEqual(["closed"]);
    expect(new Set(scripts.calls())).toEqual(
      new Set(["refresh --preview-only --expect-no-changes --stack dev --non-interactive --color never"]),
    );
  });

  test("says so when it could not compare", async () => {
    scripts.play("/dev/null", 1);
    await scripts.run("drift.ts", ["prod"], env);
    expect(github.issues.at(-1)!.title).toBe("Stack prod cannot be compared with what runs");
  });

  test("has nothing to do without a backend", async () => {
    const { code, stdout } = await scripts.run("drift.ts", ["dev"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("drift: dev is not compared")]);
  });
});

describe("deploy.ts", () => {
  test("updates under the policies its preview was made under, and fails as the update does", async () => {
    scripts.play("/dev/null", 3);
    expect((await scripts.run("deploy.ts", ["prod"], BACKEND)).code).toBe(3);
    expect(scripts.calls()).toEqual(["up --yes --policy-pack policy --stack prod --non-interactive --color never"]);
  });

  test("refuses to do nothing and pass", async () => {
    const { code, stderr } = await scripts.run("deploy.ts", ["dev"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("deploy: PULUMI_BACKEND_URL: is required, got nothing"),
    ]);
  });
});
