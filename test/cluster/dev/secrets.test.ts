import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { inState } from "../../../local/lib/paths.ts";
import { files, objects, podLogs, printed, processes, releases } from "../support/places.ts";
import { formsOf, generatedSecrets, leaks, type Secrets, shown } from "../support/secrets.ts";
import { kube, secret } from "../support/site.ts";

let secrets: Secrets;
beforeAll(async () => {
  secrets = await generatedSecrets();
});

/** Expects that no place shows a secret, and that at least that many places were searched. */
async function expectNoLeak(places: Parameters<typeof leaks>[1], atLeast: number): Promise<void> {
  const { found, looked } = await leaks(secrets, places);
  expect(found).toEqual([]);
  expect(looked).toBeGreaterThanOrEqual(atLeast);
}

describe("the search", () => {
  it("knows every secret that the program and the operators made", () => {
    expect([...secrets.keys()]).toEqual(
      expect.arrayContaining([
        ...["postgres-owner.outputs.result", "postgres-app.outputs.result", "redis.outputs.result"],
        ...["database", "migrate", "cache"].map((role) => `acci-dev/acci-framework-${role} url`),
        ...["acci-dev/acci-framework-tls tls.key", "acci-dev/postgres-ca ca.key", "acci-dev/postgres-owner password"],
        "cert-manager/letsencrypt-prod-account tls.key",
        ...["backup-writer", "backup-pruner"].map((name) => `acci-dev/${name} secretAccessKey`),
      ]),
    );
  });

  it("finds a secret in clear, in a URL, in JSON, and in base64 wherever it begins", () => {
    const value = 'p/ss"word+of-some=length';
    const known = new Map([["it", formsOf(value)]]);
    const inBase64 = ["", "a", "ab", "abc"].map((before) => Buffer.from(`${before}${value}&more`).toString("base64"));
    const texts = [`x${value}y`, encodeURIComponent(`u:${value}@`), JSON.stringify({ value }), ...inBase64];
    for (const text of texts) expect([text, shown(known, text)]).toEqual([text, ["it"]]);
    expect(shown(known, "p/ss another word")).toEqual([]);
  });
});

describe("no secret is readable", () => {
  it("in the state, its backups and its history, where it is ciphertext", async () => {
    await expectNoLeak(files(inState("pulumi", "state")), 3);
    await expectNoLeak(printed(["stack", "export"]), 1);
  });

  it("in what a preview prints, nor in what engine and plugins log of it", async () => {
    const config = { "acci:redis": { resources: { limits: { memory: "160Mi" } } } };
    await expectNoLeak(printed(["preview", "--diff", "--show-sames", "--show-reads"]), 2);
    await expectNoLeak(printed(["preview", "--diff", "--show-replacement-steps"], config), 2);
    await expectNoLeak(printed(["preview", "--json"], config), 2);
    await expectNoLeak(printed(["refresh", "--preview-only", "--diff"]), 2);
  });

  it("in what an update prints and logs", async () => {
    const config = { "acci:application": { cacheTtlSeconds: 61 } };
    await expectNoLeak(printed(["up", "--yes", "--diff", "--show-sames"], config), 2);
    await expectNoLeak(printed(["up", "--yes", "--json"]), 2);
  });

  it("in outputs and configuration", async () => {
    await expectNoLeak(printed(["stack", "output", "--json"]), 1);
    await expectNoLeak(printed(["config", "--json"]), 1);
  });

  it("in the logs of the platform or of any pod", async () => {
    await expectNoLeak(files(inState("log")), 5);
    await expectNoLeak(podLogs(), 8);
  });

  it("in any object of the cluster but Secrets", () => expectNoLeak(objects(), 500));

  it("in what Helm keeps or shows of a release", () => expectNoLeak(releases(), 6));

  it("in the arguments or the environment of any process", () => expectNoLeak(processes(), 100));
});

describe("a secret that is put where it can be read", () => {
  let password: string;
  beforeAll(async () => {
    password = (await secret("postgres-app")).password!;
  });

  it("is found in an object of the cluster", async () => {
    const data = { hidden: Buffer.from(`x${password}`).toString("base64") };
    const object = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "planted" }, data });
    await kube(["apply", "-f", "-"], object);
    try {
      const { found } = await leaks(secrets, objects());
      expect(found.map(({ where }) => where)).toEqual(["ConfigMap acci-dev/planted"]);
      expect(found[0]!.secrets).toContain("acci-dev/postgres-app password");
    } finally {
      await kube(["delete", "configmap", "planted"]);
    }
  });

  it("is found in a log", async () => {
    const file = inState("log", "planted.log");
    writeFileSync(file, `connecting to postgres://acci_app:${password}@postgres-rw\n`, { mode: 0o600 });
    try {
      const { found } = await leaks(secrets, files(inState("log")));
      expect(found.map(({ where }) => where)).toEqual([file]);
    } finally {
      rmSync(file);
    }
  });

  it("is found in the environment of a process", async () => {
    const child = spawn("sleep", ["60"], { env: { PGPASSWORD: password } });
    try {
      const { found } = await leaks(secrets, processes());
      expect(found.map(({ where }) => where)).toEqual([`${child.pid} environ`]);
    } finally {
      child.kill();
    }
  });
});
