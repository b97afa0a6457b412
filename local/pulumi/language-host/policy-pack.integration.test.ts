import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { FakeApi } from "../testing/fake-api.ts";
import { Workspace } from "../testing/workspace.ts";

const pack = path.resolve(__dirname, "../../../policy");

const program = (data: string, options: string) => `
  const cluster = new sdk.kubernetes.Provider("cluster", { kubeconfig: "kubeconfig" });
  const password = new sdk.random.RandomPassword("password", { length: 24 }).result;
  new sdk.kubernetes.core.v1.ConfigMap("settings", { metadata: { namespace: "here" }, data: ${data} }, ${options});`;

describe("the policy pack under the real CLI", () => {
  const api = new FakeApi();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace({ KUBECONFIG: "kubeconfig" });
    writeFileSync(path.join(workspace.folder, "kubeconfig"), await api.start());
  });
  afterAll(() => {
    workspace.remove();
    api.stop();
  });

  /** Asynchronous, unlike the workspace's own `run`, which would keep the fake API from answering. */
  async function preview(): Promise<{ code: number; printed: string }> {
    const cli = workspace.start("preview", "--policy-pack", pack);
    let printed = "";
    for (const stream of [cli.stdout!, cli.stderr!])
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
    const [code] = (await once(cli, "close")) as [number];
    return { code, printed };
  }

  it("lets a program pass that keeps the rules, with secrets and values that are not known yet", async () => {
    const data = `{ mode: "fast", token: sdk.pulumi.secret("known"), password }`;
    workspace.program(program(data, "{ provider: cluster }"));
    const { code, printed } = await preview();
    expect([code, printed]).toEqual([0, expect.stringContaining("✅ acci@v0.1.0")]);
    expect(printed).not.toContain("can't run policy");
  });

  it("stops one that breaks them, with their own sentences", async () => {
    workspace.program(program(`{ token: "in-clear" }`, "{}"));
    const { code, printed } = await preview();
    expect([code, printed]).toEqual([1, expect.stringContaining("❌ acci@v0.1.0")]);
    expect(printed).toContain(
      "ConfigMap settings: data.token must be secret, got a plain text; pass a secret output, in a Secret that is mounted as a file",
    );
    expect(printed).toMatch(/settings: provider must be given, got "default/);
    expect(printed).not.toContain("in-clear");
  });
});
