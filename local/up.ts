import { writeFileSync } from "node:fs";
import { inCache } from "../tooling/paths.ts";
import { until } from "../tooling/until.ts";
import { phase, say, timed } from "./lib/progress.ts";
import { start } from "./start.ts";
import { cancelDead, existingCluster, outputs, pendingOperations, pulumi } from "./stack/pulumi.ts";
import { missingTools } from "./toolchain/build.ts";
import { tools } from "./toolchain/tools.ts";
import { acmeRoots, fetchThroughRoute } from "./stack/route.ts";

/** `make up`: brings a bare machine to a dev stack that answers over HTTPS. With ACCI_CONTEXT it uses that existing cluster. */
export async function up(): Promise<void> {
  const embedded = existingCluster() === undefined;
  const fromNothing = missingTools().length === tools.length;
  if (embedded) await start();
  await forgetInterrupted();
  await phase("pulumi up", () => pulumi("dev", ["up", "--yes", "--skip-preview"], { show: true }));
  const { url } = await outputs("dev");
  if (!embedded) {
    say(`the dev stack is up: ${String(url)}`);
    return;
  }
  await phase("asking the application over HTTPS", async () => {
    const roots = await acmeRoots();
    // After a start of the cluster its pods restart independently of the update, so this waits for them.
    await until(`${String(url)}/health`, 180, async () => {
      const { status, body } = await fetchThroughRoute(`${String(url)}/health`, roots);
      if (status !== 200) throw new Error(`must answer 200, got ${status} ${body}`);
      return true;
    });
  });
  // For the benchmark, which cannot repeat a start with an empty cache.
  if (fromNothing) writeFileSync(inCache("first-start.json"), JSON.stringify(timed(), null, 2));
  say(`${String(url)} answers with a verified certificate; try \`make status\` and \`make pulumi ARGS=preview\``);
}

/**
 * Clears the operations of unknown outcome that a killed update has left in the state, about which Pulumi would warn for ever. The next
 * update adopts their resources, so they can be cleared after a refresh.
 */
async function forgetInterrupted(): Promise<void> {
  // An update that was killed before its first operation leaves nothing but its lock.
  if (existingCluster() === undefined) await cancelDead("dev");
  if ((await pendingOperations("dev")) === 0) return;
  await pulumi("dev", ["cancel", "--yes"]).catch(() => {}); // there may be no lock left
  await phase("looking at what an interrupted update left", () =>
    pulumi("dev", ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]),
  );
}
