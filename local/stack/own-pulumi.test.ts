import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hasOwnPulumi, ownPulumi } from "./own-pulumi.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "acci-own-pulumi-"));
const before = process.env["PATH"];

function command(name: string, script: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

afterAll(() => {
  process.env["PATH"] = before;
  rmSync(folder, { recursive: true });
});

it("is used when there is one, on the context that was named and with nothing else changed", async () => {
  process.env["PATH"] = folder;
  expect(await hasOwnPulumi()).toBe(false);
  process.env["PATH"] = `${folder}:/usr/bin:/bin`;
  command("kubectl", 'echo "view of $*"');
  command("pulumi", 'echo "$*"; cat "$KUBECONFIG"; stat -c %a "$KUBECONFIG"; echo "home ${PULUMI_HOME-theirs}"');
  expect(await hasOwnPulumi()).toBe(true);
  expect(await ownPulumi("production", ["preview", "--stack", "prod"], { cwd: folder })).toBe(
    "preview --stack prod --non-interactive\n" +
      "view of config view --raw --flatten --minify --context=production\n600\nhome theirs\n",
  );
});

it("says what kubectl says of a context that is none", async () => {
  command("kubectl", 'echo "error: cannot locate context nowhere" >&2; exit 1');
  await expect(ownPulumi("nowhere", ["preview"], { cwd: folder })).rejects.toThrow("cannot locate context nowhere");
});
