import { readFileSync, statSync } from "node:fs";
import { auditLog } from "../../../local/cluster/services.ts";
import { until } from "../../../tooling/until.ts";
import { kube, kubeJson, namespace } from "../support/site.ts";

interface Entry {
  readonly level: string;
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef: {
    readonly namespace?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

/** Entries in the namespace since a position in the log, in bytes; a line that is still being written is left for the next time. */
function entriesSince(start: number): Entry[] {
  const log = readFileSync(auditLog);
  // Shorter than it was: the API server has begun a new file.
  const lines = log
    .subarray(log.length < start ? 0 : start)
    .toString()
    .split("\n");
  const entries = lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
  return entries.filter(({ objectRef }) => objectRef.namespace === namespace);
}

/** What the log tells of an action, once it does: who did what to which object. */
async function told(action: () => Promise<unknown>, [resource, verb]: readonly [string, string]): Promise<Entry> {
  const start = statSync(auditLog).size;
  await action();
  let found: Entry | undefined;
  await until(`an entry on ${verb} ${resource}`, 10, async () => {
    found = entriesSince(start).find(
      (entry) => [entry.objectRef.resource, entry.objectRef.subresource].join("/") === resource && entry.verb === verb,
    );
    return found !== undefined;
  });
  return found!;
}

describe("the audit log", () => {
  it("tells who opened a shell, and in which pod", async () => {
    const { user, objectRef } = await told(
      () => kube(["exec", "redis-0", "--", "sh", "-c", "exit 0"]),
      ["pods/exec", "get"],
    );
    expect([user.username, objectRef.name]).toEqual(["admin", "redis-0"]);
  });

  it("tells who opened a tunnel", async () => {
    const { items } = await kubeJson<{ items: { metadata: { name: string } }[] }>([
      "get",
      "pods",
      "-l",
      "cnpg.io/cluster",
    ]);
    const pod = items[0]!.metadata.name;
    // A tunnel is opened by the first connection to it, so the request is made as kubectl makes it.
    const address = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=5432`;
    const { objectRef } = await told(
      () => kube(["get", "--raw", address]).catch(() => ""),
      ["pods/portforward", "get"],
    );
    expect(objectRef.name).toBe(pod);
  });

  it("tells who read a Secret, and nothing of what is in it", async () => {
    let value = "";
    const entry = await told(async () => {
      value = (await kube(["get", "secret", "postgres-app", "-o", "jsonpath={.data.password}"])).trim();
    }, ["secrets/", "get"]);
    expect(entry).toMatchObject({
      level: "Metadata",
      user: { username: "admin" },
      objectRef: { name: "postgres-app" },
    });
    expect([entry.requestObject, entry.responseObject]).toEqual([undefined, undefined]);
    expect(value.length).toBeGreaterThan(16);
    const log = readFileSync(auditLog, "utf8");
    expect([log.includes(value), log.includes(Buffer.from(value, "base64").toString())]).toEqual([false, false]);
  });

  it("tells who changed a policy of the network", async () => {
    const [name] = (await kube(["get", "networkpolicy", "-o", "name"])).trim().split("\n");
    const { objectRef } = await told(
      () => kube(["annotate", name!, "acci.dev/audited=yes"]),
      ["networkpolicies/", "patch"],
    );
    await kube(["annotate", name!, "acci.dev/audited-"]);
    expect(`networkpolicy.networking.k8s.io/${objectRef.name}`).toBe(name);
  });
});
