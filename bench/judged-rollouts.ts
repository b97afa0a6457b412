import { setTimeout as sleep } from "node:timers/promises";
import {
  BAD,
  BLUE_GREEN,
  FAILS,
  GOOD,
  GREEN,
  rollOutVersion,
  startJudged,
  stopJudged,
  underLoad,
  weightOfCanary,
  whileWriting,
  withBadPods,
} from "../test/cluster/support/judged-rollouts.ts";
import { command } from "../test/cluster/support/site.ts";
import type { Figure } from "./figure.ts";

async function judged<T>(work: () => Promise<T>): Promise<T> {
  await startJudged();
  try {
    return await work();
  } finally {
    await stopJudged();
  }
}

/** Failed requests of a constant load on the dev stack during a canary that is good. */
export const canaryFailures = (): Promise<Figure> =>
  judged(async () => {
    const { failed, p99Milliseconds, requests } = await underLoad(async () => void (await rollOutVersion(GOOD)));
    const detail = `of ${requests} over two steps, p99 ${p99Milliseconds} ms`;
    return { name: "canary-failures", value: failed, unit: "requests", bar: 0, detail };
  });

/** The same of a blue-green rollout and the switch back. */
export const blueGreenFailures = (): Promise<Figure> =>
  judged(async () => {
    const { failed, p99Milliseconds, requests } = await underLoad(async () => {
      await rollOutVersion(GREEN, BLUE_GREEN);
      await command("switch-back");
    });
    const detail = `of ${requests}, there and back, p99 ${p99Milliseconds} ms`;
    return { name: "bluegreen-failures", value: failed, unit: "requests", bar: 0, detail };
  });

const POLL_MS = 250;

/** Seconds for which a version that fails a tenth of its requests has a share of them. */
export const abortSeconds = (): Promise<Figure> =>
  judged(async () => {
    let served = 0;
    let hurt = 0;
    await withBadPods(FAILS, async () => {
      const { failed } = await whileWriting(async () => {
        let goesOn = true;
        const update = rollOutVersion(BAD)
          .catch(() => undefined)
          .finally(() => (goesOn = false));
        let began: number | undefined;
        while (goesOn && served === 0) {
          const weight = await weightOfCanary();
          if (weight > 0) began ??= performance.now();
          else if (began !== undefined) served = (performance.now() - began) / 1000;
          await sleep(POLL_MS);
        }
        await update;
      });
      hurt = failed;
    });
    const value = Number(served.toFixed(1));
    return { name: "abort-seconds", value, unit: "s", bar: 15, detail: `${hurt} requests failed meanwhile` };
  });
