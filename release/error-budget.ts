import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../config/schema.ts";
import { HelmHistory } from "../helm-history/records.ts";
import { type KubeApi, pathOf } from "../kubernetes/api.ts";

type Gate = NonNullable<NonNullable<Values["slo"]>["gate"]>;

/** What is left of the error budget of an objective, as a part of it. Not above zero: it is spent. */
export interface Budget {
  readonly objective: string;
  readonly left: number;
}

export interface Deployment {
  readonly version: string;
  readonly digest: string;
  /** Whether the site is to fail over with it. */
  readonly failsOver: boolean;
}

const TIMEOUT_MS = 10_000;

/**
 * Refuses a new image while the error budget of requests is spent; a preview only says so. What ran here before may come back, a failover is
 * never held up, and neither is anything when Prometheus does not know: whoever mends an outage must not wait for the monitoring.
 */
export async function holdForBudget(
  { namespace, slo }: Pick<Values, "namespace" | "slo">,
  deployment: Deployment,
  open: () => Promise<KubeApi>,
): Promise<void> {
  const gate = slo?.gate;
  if (!gate || deployment.failsOver || gate.exception?.version === deployment.version) return;
  try {
    const api = await open();
    if (!isNew(deployment.digest, await digestsOf(new HelmHistory(api, namespace, "acci-framework")))) return;
    const refusal = refusalOf(namespace, deployment.version, await budgetsOf(namespace, gate, api));
    if (!refusal) return;
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(refusal);
    await pulumi.log.warn(refusal);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) throw error;
    await pulumi.log.warn(`acci:slo.gate: ${(error as Error).message}; whether the error budget is spent is not known`);
  }
}

/** Whether an image has not run here yet. The first one of a site holds nothing up. */
export const isNew = (digest: string, ran: readonly string[]): boolean => ran.length > 0 && !ran.includes(digest);

/** Digests of the images of all revisions that were deployed. */
export async function digestsOf(history: HelmHistory): Promise<string[]> {
  const revisions = (await history.revisions()).filter(({ status }) => ["deployed", "superseded"].includes(status));
  const records = await Promise.all(revisions.map(({ number }) => history.record(number)));
  return records.flatMap(({ config }) => config?.image?.digest ?? []);
}

/** What to say of a version that must wait; nothing while there is something left of every budget. */
export function refusalOf(site: string, version: string, budgets: readonly Budget[]): string | undefined {
  if (budgets.length === 0)
    throw new Error(
      `must find the budgets of ${site}, got none; see whether Prometheus has slo:period_error_budget_remaining:ratio`,
    );
  const spent = budgets
    .filter(({ left }) => left <= 0)
    .map(({ left, objective }) => `${objective}: ${Math.round(left * 100)} % left`);
  if (spent.length === 0) return undefined;
  return (
    `acci:image.version: must wait while an error budget of ${site} is spent, got ${version} (${spent.join(", ")}); ` +
    "go back to a version that ran before, or give this one a reason in acci:slo.gate.exception"
  );
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly sloth_slo: string };
      readonly value: readonly [number, string];
    }[];
  };
}

export async function budgetsOf(
  site: string,
  { prometheus }: Pick<Gate, "prometheus">,
  api: KubeApi,
): Promise<Budget[]> {
  const expr = `slo:period_error_budget_remaining:ratio{namespace="${site}",sloth_slo=~"requests-.+"}`;
  const question = `api/v1/query?${new URLSearchParams({ query: expr }).toString()}`;
  const { data } = await ask(prometheus, question, api);
  return data.result.map(({ metric, value }) => ({ objective: metric.sloth_slo, left: Number(value[1]) }));
}

/** Asks an address, or a Service through the Kubernetes API, which needs no way to Prometheus but that to the cluster. */
async function ask(prometheus: string, question: string, api: KubeApi): Promise<Answer> {
  const [, namespace, service] = /^([a-z0-9-]+)\/([a-z0-9-]+:\d+)$/.exec(prometheus) ?? [];
  if (namespace) return api.ask(pathOf(namespace, `services/${service}/proxy/${question}`));
  const answer = await fetch(`${prometheus.replace(/\/$/, "")}/${question}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`${prometheus}: must answer with 200, got ${answer.status}`);
  return (await answer.json()) as Answer;
}
