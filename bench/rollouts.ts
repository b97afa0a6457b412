import { Load } from "../test/cluster/support/load.ts";
import { rollOutOften } from "../test/cluster/support/rollouts.ts";
import type { Figure } from "./figure.ts";

const ROLLOUTS = 20;

/** Failed requests of a constant load on the dev stack during many rollouts. */
export async function rolloutFailures(): Promise<Figure> {
  const load = await Load.start();
  try {
    await rollOutOften(ROLLOUTS);
  } catch (error) {
    await load.stop();
    throw error;
  }
  const { failed, p99Milliseconds, requests } = await load.stop();
  const detail = `of ${requests} over ${ROLLOUTS} rollouts, p99 ${p99Milliseconds} ms`;
  return { name: "rollout-failures", value: failed, unit: "requests", bar: 0, detail };
}
