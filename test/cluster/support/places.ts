import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { kubeconfig } from "../../../local/lib/paths.ts";
import { helm } from "../../../tooling/helm.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { namespace } from "./site.ts";
import type { Place } from "./secrets.ts";

/** Every file below a folder, without those of 64 MiB or more, which are archives of image layers. */
export function* files(folder: string): Generator<Place> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(file);
    else if (entry.isFile() && statSync(file).size < 64 * 1024 ** 2) yield [file, readFileSync(file, "utf8")];
  }
}

/**
 * Output of Pulumi, and the logs of engine and plugins at level 8. At a higher level the engine logs every property, whatever the program
 * does.
 */
export async function* printed(args: readonly string[], config: Record<string, unknown> = {}): AsyncGenerator<Place> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-logs-"));
  try {
    const env = { TMPDIR: folder };
    yield [args.join(" "), await pulumi("dev", [...args, "--logflow", "-v=8"], { config, env })];
    for (const [file, text] of files(folder)) yield [`${args.join(" ")}: ${path.basename(file)}`, text];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every object in the API server except Secrets: all kinds, events included, in all namespaces. */
export async function* objects(): AsyncGenerator<Place> {
  const kinds = (await kubectl(["api-resources", "--verbs=list", "-o", "name"])).split("\n").filter(Boolean);
  const asked = kinds.filter((name) => name !== "secrets").join(",");
  const options = ["-A", "-o", "json", "--show-managed-fields", "--ignore-not-found"];
  const { items } = JSON.parse(await kubectl(["get", asked, ...options])) as { items: readonly Listed[] };
  for (const item of items) {
    const { kind, metadata } = item;
    yield [`${kind} ${metadata.namespace ?? ""}/${metadata.name}`, JSON.stringify(item)];
  }
}

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Logs of every container, the operators' included, and of its run before the last restart. */
export async function* podLogs(): AsyncGenerator<Place> {
  const names = "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{'\\n'}{end}";
  const pods = (await kubectl(["get", "pods", "-A", "-o", names])).trim().split("\n");
  for (const [of, pod] of pods.map((line) => line.split(" ")))
    for (const before of [[], ["--previous"]]) {
      const log = await kubectl(["-n", of!, "logs", pod!, "--all-containers", "--tail=-1", ...before]).catch(() => "");
      if (log !== "") yield [`${pod} ${before.join("")}`, log];
    }
}

/** Releases of Helm, which it keeps compressed in Secrets: values and manifests of each revision. */
export async function* releases(): AsyncGenerator<Place> {
  const { items } = JSON.parse(await kubectl(["get", "secrets", "-A", "-l", "owner=helm", "-o", "json"])) as {
    items: { metadata: { name: string }; data: { release: string } }[];
  };
  for (const { data, metadata } of items) {
    const packed = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
    yield [metadata.name, gunzipSync(packed).toString()];
  }
  const flags = ["--kubeconfig", kubeconfig, "--namespace", namespace];
  for (const what of ["manifest", "values", "hooks", "notes"])
    yield [`helm get ${what}`, await helm([...flags, "get", what, "acci-framework"])];
}

/** Arguments and environment of every process on the machine, those of the node's pods included. */
export function* processes(): Generator<Place> {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    for (const what of ["cmdline", "environ"])
      try {
        yield [`${pid} ${what}`, readFileSync(`/proc/${pid}/${what}`, "utf8")];
      } catch {
        continue; // It has ended.
      }
}
