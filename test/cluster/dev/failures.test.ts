import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { kubeconfigOf } from "../../../kubernetes/testing/kubeconfig.ts";
import { kubeconfig } from "../../../local/lib/paths.ts";
import { project } from "../../../tooling/paths.ts";
import type { CommandError } from "../../../tooling/run.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { apiProxy } from "../support/api-proxy.ts";
import { ask, kube, readNote, writeNote } from "../support/site.ts";

/** Runs a command that must fail within that time, and returns its message. */
async function failure(run: () => Promise<string>, withinSeconds: number): Promise<string> {
  const start = performance.now();
  const message = await run().then(
    () => {
      throw new Error("must fail, but succeeded");
    },
    (error: CommandError) => error.output,
  );
  expect((performance.now() - start) / 1000).toBeLessThan(withinSeconds);
  return message;
}

const up =
  (config: Record<string, unknown> = {}) =>
  () =>
    pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
const preview = (config: Record<string, unknown>) => () => pulumi("dev", ["preview"], { config });

let note: string;
beforeAll(async () => {
  note = (await writeNote("still here")).id;
});
/** After every failure the site still serves, and the next `pulumi up` has nothing to repair. */
afterEach(async () => {
  expect((await readNote(note)).status).toBe(200);
});

describe("wrong configuration ends before anything is changed", () => {
  it.each([
    ["an unknown key", { "acci:application": { replica: 3 } }, /acci:application\.replica: .*did you mean.*replicas/s],
    ["a wrong type", { "acci:postgres": { instances: "many" } }, /acci:postgres\.instances: must be .*, got "?many/],
    [
      "two at once",
      { "acci:namespace": "Not_A_Label", "acci:application": { replicas: 0 } },
      /acci:namespace: .*acci:application\.replicas: /s,
    ],
  ])("%s", async (_, config, message) => {
    const said = await failure(preview(config), 60);
    expect(said).toMatch(message);
    expect(said).not.toMatch(/at .*\.ts:\d+/);
  });
});

describe("what is missing outside is named", () => {
  it("an unreachable cluster", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
    const file = path.join(folder, "unreachable");
    writeFileSync(file, kubeconfigOf("https://10.98.0.1:6443", "gone"));
    const said = await failure(up({ "acci:cluster": { kubeconfig: file, context: "gone" } }), 120);
    expect(said).toMatch(/10\.98\.0\.1:6443/);
    expect(said).not.toMatch(/PromiseRejection/);
    rmSync(folder, { recursive: true });
    // With a provider of another cluster in its state, the next update would replace every resource.
    await pulumi("dev", ["preview", "--expect-no-changes"]);
  });

  it("another cluster, by the context of the usual one", async () => {
    const other = await apiProxy({ uid: "11111111-2222-3333-4444-555555555555" });
    const cluster = { kubeconfig: other.kubeconfig, context: "proxy" };
    const said = await failure(up({ "acci:cluster": cluster }), 60);
    expect(said).toMatch(/acci:cluster: must be the cluster of the last update of dev, .*got one with UID 11111111-/);
    expect(said).not.toMatch(/\b(created|replaced|deleted)\b/);
    other.close();
  });

  it("the cluster at another address, which is the same one", async () => {
    const same = await apiProxy();
    const config = { "acci:cluster": { kubeconfig: same.kubeconfig, context: "proxy" } };
    const shown = await pulumi("dev", ["preview", "--diff", "--show-sames=false"], { config });
    expect(shown).toMatch(/~ 1 to update/);
    expect(shown).not.toMatch(/to (create|replace|delete)\b/);
    same.close();
  });

  it("a registry that does not answer", async () => {
    const env = { ACCI_REGISTRY: "10.98.0.2:5999" };
    // Nothing to compile, since the push is what fails.
    const config = touched((context) =>
      writeFileSync(path.join(context, "Dockerfile"), "FROM docker.io/library/debian:bookworm-slim\n"),
    );
    const said = await failure(() => pulumi("dev", ["up", "--yes", "--skip-preview"], { config, env }), 300);
    expect(said).toMatch(/10\.98\.0\.2:5999/);
  });

  it("a wrong passphrase", async () => {
    const said = await failure(
      () => pulumi("dev", ["preview"], { env: { PULUMI_CONFIG_PASSPHRASE_FILE: "/dev/null" } }),
      60,
    );
    expect(said).toMatch(/passphrase/);
  });
});

/** A build context that differs from all earlier ones, so that the image is built again. One platform, because no other is asked for. */
function touched(change: (context: string) => void = () => {}): Record<string, unknown> {
  const context = mkdtempSync(path.join(os.tmpdir(), "context-"));
  cpSync(path.join(project, "app"), context, { recursive: true, filter: (file) => !file.includes("/target") });
  writeFileSync(path.join(context, "assets", "touched.txt"), String(Date.now()));
  change(context);
  return { "acci:image": { build: { context, platforms: ["linux/amd64"] } } };
}

describe("a release that cannot work is rolled back", () => {
  const running = () =>
    kube(["get", "deployment", "acci-framework", "-o", "jsonpath={.spec.template.spec.containers[0].image}"]);

  it("when the image does not build, with the compiler's words", async () => {
    const before = await running();
    const broken = touched((context) => writeFileSync(path.join(context, "src", "main.rs"), "fn main() { not rust }"));
    const said = await failure(up(broken), 600);
    expect(said).toMatch(/expected .*not|not rust/s);
    expect(await running()).toBe(before);
  });

  it("when its pods never become ready, with the pod's reason and last words", async () => {
    const before = await running();
    const mute = touched((context) =>
      writeFileSync(
        path.join(context, "src", "main.rs"),
        'fn main() { eprintln!("cannot open the vault"); std::process::exit(3) }',
      ),
    );
    const said = await failure(up({ ...mute, "acci:application": { timeoutSeconds: 30 } }), 300);
    expect(said).toMatch(/pod acci-framework-[a-z0-9-]+, .*(CrashLoopBackOff|exit code 3)/);
    expect(said).toMatch(/log .*cannot open the vault/);
    expect(await running()).toBe(before);
    expect((await ask("/health")).status).toBe(200);
  });

  it("and the next up works", async () => {
    await up()();
    await pulumi("dev", ["preview", "--expect-no-changes"]);
  });
});

describe("with ACCI_CONTEXT, a cluster that is there already", () => {
  const preinstalled = { mode: "preinstalled" };
  const config = { "acci:addons": { certManager: preinstalled, cloudnativePg: preinstalled, traefik: preinstalled } };
  const previewOn = (context: string) => {
    process.env.ACCI_CONTEXT = context;
    return pulumi("dev", ["preview"], { config, env: { KUBECONFIG: kubeconfig } });
  };
  afterEach(() => delete process.env.ACCI_CONTEXT);

  it("is used, and the embedded platform's addresses are not", async () => {
    const shown = await previewOn("acci-local");
    // The ACME server of the stack's own configuration replaces the embedded one.
    expect(shown).toMatch(/ClusterIssuer\s+tls-issuer\s+update/);
    expect(shown.match(/^\s*error: .*$/gm)).toBeNull();
  });

  it("is named when it is not there", async () => {
    expect(await failure(() => previewOn("nowhere"), 60)).toMatch(/nowhere/);
  });
});
