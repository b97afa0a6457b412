import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { kubectl } from "../../local/cluster/cluster.ts";
import { inState } from "../../local/lib/paths.ts";
import { pulumi } from "../../local/stack/pulumi.ts";
import { applicationPods, kube, secret } from "./site.ts";

/** Every value this site generated, in clear and as Kubernetes encodes it. */
async function generated(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = (name: string, value: string) => {
    found.set(name, value);
    found.set(`${name} in base64`, Buffer.from(value).toString("base64"));
  };
  for (const name of ["postgres-owner", "postgres-app"]) add(name, (await secret(name)).password!);
  add("redis", new URL((await secret("acci-framework-cache")).url!).password);
  for (const role of ["database", "migrate", "cache"])
    add(`${role} url`, (await secret(`acci-framework-${role}`)).url!);
  const tls = (await secret("acci-framework-tls"))["tls.key"]!;
  add("tls key", tls.split("\n")[1]!);
  return found;
}

/** Names of the secrets that `text` shows. */
const shown = (secrets: Map<string, string>, text: string) =>
  [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(file);
    else if (entry.isFile() && statSync(file).size < 64 * 1024 ** 2) yield file;
  }
}

describe("no secret is readable", () => {
  let secrets: Map<string, string>;
  beforeAll(async () => {
    secrets = await generated();
  });

  it("and the search would find one", () => {
    const [name, value] = [...secrets][0]!;
    expect(value.length).toBeGreaterThanOrEqual(32);
    expect(shown(secrets, `x${value}y`)).toContain(name);
  });

  it("in the state, its backups and its history", () => {
    const all = [...files(inState("pulumi", "state"))];
    expect(all.length).toBeGreaterThan(2);
    for (const file of all) expect([file, shown(secrets, readFileSync(file, "utf8"))]).toEqual([file, []]);
  });

  it("in previews, outputs and exported stacks", async () => {
    const config = { "acci:redis": { resources: { limits: { memory: "160Mi" } } } };
    for (const [args, options] of [
      [["preview", "--diff", "--show-sames"], {}],
      [["preview", "--diff", "--show-replacement-steps"], { config }],
      [["preview", "--json"], { config }],
      [["refresh", "--preview-only", "--diff"], {}],
      [["stack", "output", "--json"], {}],
      [["stack", "export"], {}],
      [["config", "--json"], {}],
    ] as const)
      expect([args, shown(secrets, await pulumi("dev", args, options))]).toEqual([args, []]);
  });

  it("in the logs of the platform or of any pod", async () => {
    for (const file of files(inState("log")))
      expect([file, shown(secrets, readFileSync(file, "utf8"))]).toEqual([file, []]);
    const pods = (
      await kubectl([
        "get",
        "pods",
        "-A",
        "-o",
        "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{'\\n'}{end}",
      ])
    )
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    for (const [namespace, pod] of pods) {
      const log = await kubectl(["-n", namespace!, "logs", pod!, "--all-containers", "--tail=-1"]).catch(() => "");
      expect([pod, shown(secrets, log)]).toEqual([pod, []]);
    }
  });

  it("in anything the cluster keeps but Secrets", async () => {
    const kinds =
      "configmaps,pods,deployments,statefulsets,replicasets,jobs,services,ingresses,events,networkpolicies,clusters.postgresql.cnpg.io,certificates,serviceaccounts";
    expect(shown(secrets, await kube(["get", kinds, "-o", "json", "--show-managed-fields"]))).toEqual([]);
    // Helm keeps its releases in Secrets, compressed; what it would show is what counts.
    const release = await kube(["get", "secrets", "-l", "owner=helm", "-o", "json"]);
    const revisions = (JSON.parse(release) as { items: { data: { release: string } }[] }).items;
    expect(revisions.length).toBeGreaterThan(0);
    for (const { data } of revisions) {
      const packed = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
      expect(shown(secrets, gunzipSync(packed).toString())).toEqual([]);
    }
  });

  it("in the arguments or the environment of any process of the pods", async () => {
    expect(await applicationPods()).not.toEqual([]);
    let processes = 0;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      for (const what of ["cmdline", "environ"]) {
        let text: string;
        try {
          text = readFileSync(`/proc/${pid}/${what}`, "utf8");
        } catch {
          continue; // it has ended
        }
        processes++;
        expect([pid, what, shown(secrets, text)]).toEqual([pid, what, []]);
      }
    }
    expect(processes).toBeGreaterThan(40);
  });
});
