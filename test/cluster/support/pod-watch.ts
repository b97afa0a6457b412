import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { kubeconfig } from "../../../local/lib/paths.ts";
import { bin } from "../../../tooling/paths.ts";
import { namespace, until } from "./site.ts";

/** Every number of pods that the Deployment wanted, and that were ready, while `work` ran. */
export async function podCountsDuring(work: () => Promise<void>): Promise<{ wanted: number[]; ready: number[] }> {
  const counts = 'jsonpath={.spec.replicas} {.status.readyReplicas}{"\\n"}';
  const watch = ["get", "deployment", "acci-framework", "--watch", "--output", counts];
  const child = spawn(path.join(bin, "kubectl"), ["--kubeconfig", kubeconfig, "--namespace", namespace, ...watch], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (seen += text));
  try {
    await until("the first count", 30, () => Promise.resolve(seen.includes("\n")));
    await work();
  } finally {
    child.kill();
    await once(child, "close");
  }
  const lines = seen.split("\n").filter(Boolean);
  const pairs = lines.map((line) => line.split(" ").map(Number) as [number, number]);
  return { wanted: pairs.map(([wanted]) => wanted), ready: pairs.map(([, ready]) => ready) };
}
