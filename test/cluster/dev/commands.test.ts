import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import { kubeconfig } from "../../../local/lib/paths.ts";
import { helm } from "../../../tooling/helm.ts";
import { project } from "../../../tooling/paths.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { podCountsDuring } from "../support/pod-watch.ts";
import { ask, command, kube, namespace, readNote, sql, until, writeNote } from "../support/site.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "acci-commands-"));
afterAll(() => rmSync(folder, { recursive: true }));

const databases = () => sql("SELECT datname FROM pg_database ORDER BY 1");

describe("make logs", () => {
  it("shows what the application's pods say, each line with its pod", async () => {
    const shown = await command("logs", "ARGS=--tail=5");
    expect(shown).toMatch(/^\[pod\/acci-framework-\S+\/acci\] \{.*"level"/m);
  });
});

describe("make shell", () => {
  it("sees the application's files and processes without being root", async () => {
    const shown = await command("shell", "ARGS=sh -c 'id -u; ls /proc/1/root/usr/local/bin; cat /proc/1/cmdline'");
    expect(shown).toMatch(/^10001\nacci\n/m);
    expect(shown).toContain("/usr/local/bin/acci");
  });
});

describe("make port-forward", () => {
  it("brings the application and its metrics to localhost", async () => {
    const forward = spawn("make", ["--silent", "--directory", project, "port-forward", "ARGS=18080:8080 19090:9090"], {
      detached: true,
      stdio: "ignore",
    });
    try {
      await until("the forwarded port", 30, async () => (await fetch("http://localhost:18080/health")).ok);
      expect(await (await fetch("http://localhost:19090/metrics")).text()).toContain("http_requests_total");
    } finally {
      process.kill(-forward.pid!, "SIGTERM");
    }
  });
});

describe("make database-dump and make database-restore", () => {
  const file = path.join(folder, "site.dump");

  it("bring every row, tenant by tenant, into a database beside the live one", async () => {
    await writeNote("to be dumped");
    const rows = () => sql("SELECT count(*), md5(string_agg(n::text, '|' ORDER BY id)) FROM notes n");
    const live = await rows();
    expect(await command("database-dump", `FILE=${file}`)).toMatch(/was read back whole; sha256 [0-9a-f]{64}/);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await writeNote("written after the dump");
    const shown = await command("database-restore", `FILE=${file}`, "DATABASE=acci_copy_test");
    expect(shown).toContain(`public.notes: ${live[0]!.split("|")[0]} rows`);
    const restored = await command(
      "psql",
      "ARGS=acci_copy_test -qAt -c \"SELECT count(*), md5(string_agg(n::text, '|' ORDER BY id)) FROM notes n\"",
    );
    expect(restored.trim()).toBe(live[0]);
    expect(await sql("SELECT has_database_privilege('acci_app', 'acci_copy_test', 'CONNECT')")).toEqual(["f"]);

    await expect(command("database-restore", `FILE=${file}`, "DATABASE=acci_copy_test")).rejects.toThrow(
      "DATABASE: must be a new one, got acci_copy_test, which exists",
    );
    await command("database-drop-copy", "DATABASE=acci_copy_test");
    expect(await databases()).not.toContain("acci_copy_test");
  });

  it("refuse to overwrite a dump and to drop the site's own database", async () => {
    const before = readFileSync(file);
    await expect(command("database-dump", `FILE=${file}`)).rejects.toThrow("a dump is never overwritten");
    expect(readFileSync(file)).toEqual(before);
    await expect(command("database-drop-copy", "DATABASE=acci")).rejects.toThrow(
      "DATABASE: must be one that `make database-restore` made, got acci; there is ",
    );
    expect(await databases()).toContain("acci");
  });

  it("leave nothing behind when the dump is cut off or is none", async () => {
    const before = await databases();
    const cut = path.join(folder, "cut.dump");
    writeFileSync(cut, readFileSync(file));
    truncateSync(cut, statSync(file).size - 100);
    await expect(command("database-restore", `FILE=${cut}`)).rejects.toThrow(/pg_restore: error/);
    await expect(command("database-restore", "FILE=missing.dump")).rejects.toThrow(
      "FILE: must be a dump of `make database-dump`, got missing.dump",
    );
    expect(await databases()).toEqual(before);
  });

  it("leave no file when the database cannot be read", async () => {
    const none = path.join(folder, "none.dump");
    await expect(command("database-dump", `FILE=${none}`, "STACK=prod")).rejects.toThrow(/namespace acci-prod/);
    expect([existsSync(none), existsSync(`${none}.partial`)]).toEqual([false, false]);
  });
});

describe("helm test", () => {
  it("asks the application through its Service", async () => {
    const shown = await helm(["--kubeconfig", kubeconfig, "-n", namespace, "test", "acci-framework"]);
    expect(shown).toMatch(/TEST SUITE:\s+acci-framework\S*[\s\S]*Phase:\s+Succeeded/);
  });
});

describe("make history", () => {
  it("lists the releases that can be gone back to", async () => {
    expect(await command("history")).toMatch(/REVISION.*STATUS[\s\S]*deployed/);
  });
});

describe("make rollback", () => {
  const lifetime = () => kube(["get", "configmap", "acci-framework", "-o", "jsonpath={.data.CACHE_TTL_SECONDS}"]);
  const deployed = async () => /^(\d+)\s.*\sdeployed\s/m.exec(await command("history"))![1]!;
  const up = (application: object) =>
    pulumi("dev", ["up", "--yes", "--skip-preview"], { config: { "acci:application": application } });

  it("goes back to a revision, which the next update undoes without a refresh, as it says", async () => {
    const before = await lifetime();
    const changed = { cacheTtlSeconds: 77, replicas: 3 };
    await up(changed);
    expect(await lifetime()).not.toBe(before);
    const revision = await deployed();

    // Beside its own end, this shows that nobody loses a pod to autoscaling that comes and goes.
    const { ready, wanted } = await podCountsDuring(async () => {
      await up({ ...changed, autoscaling: { maxReplicas: 3, cpuPercent: 80, memoryPercent: 80 } });
      expect(await kube(["get", "hpa", "-o", "name"])).toContain("acci-framework");
      const shown = await command("rollback", `REVISION=${revision}`);
      expect(shown).toMatch(new RegExp(`deployed .*Rollback to ${revision}`));
      expect(shown).toContain("the next `pulumi up` deploys what Pulumi.dev.yaml says");
      expect(await kube(["get", "hpa", "-o", "name"])).toBe("");
    });
    expect([Math.min(...wanted), Math.min(...ready)]).toEqual([3, 3]);
    expect(await lifetime()).not.toBe(before);

    expect(await pulumi("dev", ["preview"])).toMatch(/Release\s+application\s+update/);
    await up({});
    expect(await lifetime()).toBe(before);
    await until("the site", 60, async () => (await ask("/health")).status === 200);
    await pulumi("dev", ["preview", "--expect-no-changes"]);
  });

  describe("over a migration", () => {
    const LATER = 9998;
    const upgrade = (...sets: string[]) =>
      helm([
        ...["--kubeconfig", kubeconfig, "-n", namespace, "upgrade", "acci-framework", path.join(project, "helm")],
        ...["--reuse-values", "--wait", "--timeout=5m", ...sets.flatMap((set) => ["--set", set])],
      ]);
    const count = async () => (await command("history")).trim().split("\n").length;
    const forget = (revision: string) => kube(["delete", "secret", `sh.helm.release.v1.acci-framework.v${revision}`]);

    it("that only added something: the older application starts on the newer schema and serves it", async () => {
      await sql(`ALTER TABLE notes ADD COLUMN archived_at timestamptz;
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (${LATER}, 'archived notes', true, '', 0);`);
      try {
        await upgrade(`image.schema.version=${LATER}`, "config.cacheTtlSeconds=78");
        await command("rollback");
        const logs = await kube(["logs", "deployment/acci-framework", "--container=migrate"]);
        expect(logs).toContain("the schema is newer than this application, which still has what it uses");
        expect((await readNote((await writeNote("on a newer schema")).id)).status).toBe(200);
      } finally {
        await sql(`DELETE FROM _sqlx_migrations WHERE version = ${LATER}; ALTER TABLE notes DROP COLUMN archived_at;`);
      }
    });

    it("that took something away is refused before anything is changed, as is such an update", async () => {
      await upgrade(`image.schema.version=${LATER}`, `image.schema.oldestApplication=${LATER}`);
      const revision = await deployed();
      try {
        const before = await count();
        const served = "as older ones are no longer served by the site's schema";
        await expect(command("rollback")).rejects.toThrow(
          `rollback: REVISION: must be of an application with migration ${LATER} or a later one, ${served}, got ${Number(revision) - 1} with migration 1`,
        );
        await expect(up({})).rejects.toThrow(
          `acci:image.version: must have migration ${LATER} or a later one, ${served}, got dev with migration 1`,
        );
        expect([await count(), await deployed()]).toEqual([before, revision]);
      } finally {
        await helm(["--kubeconfig", kubeconfig, "-n", namespace, "rollback", "acci-framework", "--wait"]);
        await forget(revision);
      }
      await up({});
      await pulumi("dev", ["preview", "--expect-no-changes"]);
    });
  });
});

describe("a command with a stack that is none", () => {
  it("says which there are", async () => {
    await expect(command("logs", "STACK=staging")).rejects.toThrow(
      "STACK: must have a Pulumi.<stack>.yaml, got staging; STACK=dev is the default",
    );
  });
});
