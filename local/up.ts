import { writeFileSync } from "node:fs";
import { inCache } from "../tooling/paths.ts";
import { until } from "../tooling/until.ts";
import { phase, say, timed } from "./lib/progress.ts";
import { start } from "./start.ts";
import { cancelDead, existingCluster, outputs, pendingOperations, pulumi } from "./stack/pulumi.ts";
import { missingTools } from "./toolchain/build.ts";
import { tools } from "./toolchain/tools.ts";
import { acmeRoots, fetchThroughRoute } from "./stack/route.ts";

/** `make up`: from a bare machine to the dev stack answering over HTTPS. With ACCI_CONTEXT, on the cluster that names. */
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
    // After a start of the cluster its pods come back in their own time, whatever the update had to do.
    await until(`${String(url)}/health`, 180, async () => {
      const { status, body } = await fetchThroughRoute(`${String(url)}/health`, roots);
      if (status !== 200) throw new Error(`must answer 200, got ${status} ${body}`);
      return true;
    });
  });
  // For the benchmark: an empty cache is met only once.
  if (fromNothing) writeFileSync(inCache("first-start.json"), JSON.stringify(timed(), null, 2));
  say(`${String(url)} answers with a verified certificate; try \`make status\` and \`make pulumi ARGS=preview\``);
}

/**
 * A killed update leaves operations of unknown outcome in the state, and Pulumi warns of them for ever. What they made is
 * taken over by the next update, so they can be forgotten once the rest was compared with the cluster.
 */
async function forgetInterrupted(): Promise<void> {
  // One that had not come to an operation yet has left no more than that.
  if (existingCluster() === undefined) await cancelDead("dev");
  if ((await pendingOperations("dev")) === 0) return;
  await pulumi("dev", ["cancel", "--yes"]).catch(() => {}); // there may be no lock left
  await phase("looking at what an interrupted update left", () =>
    pulumi("dev", ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]),
  );
}
