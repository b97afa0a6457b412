import type { Context } from "../../serve/provider.ts";
import { list, object, text, type Props } from "../../serve/values.ts";
import { sleep } from "../await.ts";
import type { Client } from "../client.ts";
import { diagnose } from "../diagnose.ts";
import { readinessOf } from "../readiness.ts";
import { typeOf } from "./checkpoint.ts";

const workloads = ["Deployment", "StatefulSet", "DaemonSet", "Job", "PersistentVolumeClaim"];
const lookMilliseconds = 3000;

/** Looks at the objects that Helm waits for, because Helm's own message is only "timed out". */
export class Progress {
  private readonly stopped = new AbortController();
  private readonly done: Promise<void>;
  private findings: string[] = [];

  constructor(client: Client, context: Context, inputs: Props) {
    this.done = this.watch(client, context, inputs).catch(() => undefined);
  }

  /** Ends the looks; returns the objects that were not ready at the last one, with reasons. */
  async stop(): Promise<string[]> {
    this.stopped.abort();
    await this.done;
    return this.findings;
  }

  private async watch(client: Client, context: Context, inputs: Props): Promise<void> {
    for (;;) {
      await sleep(lookMilliseconds, this.stopped.signal);
      if (this.stopped.signal.aborted) return;
      const unready = await unreadyOf(client, inputs);
      if (unready.length === 0) continue;
      context.log.status(`waiting for ${unready.map(({ summary }) => summary).join("; ")}`);
      this.findings = (
        await Promise.all(unready.map(async ({ live, summary }) => [summary, ...(await diagnose(client, live))]))
      ).flat();
    }
  }
}

async function unreadyOf(client: Client, inputs: Props): Promise<{ live: Props; summary: string }[]> {
  const groups = Object.entries(object(inputs.resourceNames)).map(([key, names]) => ({
    ...typeOf(key),
    names: list(names).map(text),
  }));
  const objects = groups
    .filter(({ kind }) => workloads.includes(kind))
    .flatMap(({ names, ...type }) =>
      names.map((fullName) => ({ ...type, ...splitName(fullName, text(inputs.namespace)) })),
    );
  const looked = await Promise.all(
    objects.map(async (ref) => {
      const live = await client.get(ref);
      const verdict = live && (await readinessOf(live)?.check(live, client, { waitedSeconds: 0 }));
      return live && verdict && verdict.state !== "ready"
        ? [{ live, summary: `${ref.kind} ${ref.name}: ${verdict.message}` }]
        : [];
    }),
  );
  return looked.flat();
}

function splitName(fullName: string, fallback: string): { namespace: string; name: string } {
  const [first = "", second] = fullName.split("/");
  return second === undefined ? { namespace: fallback, name: first } : { namespace: first, name: second };
}
