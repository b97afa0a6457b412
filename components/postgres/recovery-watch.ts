import * as pulumi from "@pulumi/pulumi";
import { type Cluster, connect } from "../../diagnosis/cluster.ts";
import { canUseHooks } from "../../engine/hooks.ts";
import type { Whereabouts } from "../../kubernetes/credentials.ts";

export interface RecoveryArgs {
  readonly namespace: string;
  readonly cluster: Whereabouts;
}

const RECOVERY_PODS = "cnpg.io/cluster=postgres,cnpg.io/jobRole=full-recovery";
const CONTAINER = "full-recovery";
const INTERVAL_MS = 5000;

/**
 * Hooks that tell each attempt to recover the database that has failed, as it happens. The operator tries again until the update's time is
 * over, and an operator of a lost site must know at once that the archive is damaged.
 */
export function watchRecovery(
  name: string,
  { cluster, namespace }: RecoveryArgs,
): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const look = async () => {
    // A look that fails must not fail the update; the next one may succeed.
    const failures = await connect(cluster)
      .then((found) => newFailures(found, namespace, told))
      .catch(() => []);
    for (const failure of failures) await pulumi.log.warn(failure);
    if (timer) timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  };
  const start = () => {
    stop();
    timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  };
  const hook = (when: string, work: () => void) =>
    new pulumi.ResourceHook(`${name}-recovery-${when}`, () => work(), { ignoreErrors: true });
  return { beforeCreate: [hook("watch", start)], afterCreate: [hook("watched", stop)] };
}

/** A sentence for each failed attempt that has not been told. */
export async function newFailures(
  { log, pods }: Pick<Cluster, "log" | "pods">,
  namespace: string,
  told: Set<string>,
): Promise<string[]> {
  const failures: string[] = [];
  for (const { metadata, status } of await pods(namespace, RECOVERY_PODS)) {
    const pod = metadata?.name ?? "";
    if (status?.phase !== "Failed" || told.has(pod)) continue;
    told.add(pod);
    const reason = reasonIn(await log(namespace, pod, CONTAINER, false).catch(() => ""));
    failures.push(
      `postgres: must be recovered from the archive, but ${pod} has failed: ${reason}. The operator tries again; if this repeats, end the update, ` +
        "delete the Cluster postgres with its volumes, and set acci:restore.from to dump",
    );
  }
  return failures;
}

interface Line {
  readonly level?: string;
  readonly msg?: string;
  readonly error?: string;
  readonly record?: { readonly error_severity?: string; readonly message?: string };
}

/** The last error of a log of the operator's: of its own, or of the server that it runs. */
export function reasonIn(log: string): string {
  const errors = log.split("\n").flatMap((text) => {
    const { error, level, msg, record } = parsed(text);
    if (record && ["ERROR", "FATAL", "PANIC"].includes(record.error_severity ?? "")) return [record.message];
    return level === "error" ? [error ?? msg] : [];
  });
  return errors.filter(Boolean).at(-1) ?? "its log says nothing";
}

function parsed(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
}
