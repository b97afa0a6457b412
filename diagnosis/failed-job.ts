import { setTimeout as sleep } from "node:timers/promises";
import { type KubeApi, unlessMissing } from "../kubernetes/api.ts";

interface Job {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const LIMIT_MS = 60_000;

/**
 * Removes a Job that has failed, and waits until it is gone. An update that was killed leaves such a Job without a trace in the state; the
 * next update would adopt it and fail at once. A Job that is running or complete is left alone.
 */
export async function removeFailedJob(api: KubeApi, namespace: string, name: string, intervalMs = 500): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const found = await existing(api, path);
  if (!found?.status?.conditions?.some(({ status, type }) => type === "Failed" && status === "True")) return;
  const { uid } = found.metadata;
  await api.ask(path, { method: "DELETE", body: { propagationPolicy: "Foreground", preconditions: { uid } } });
  for (const began = Date.now(); (await existing(api, path))?.metadata.uid === uid; await sleep(intervalMs))
    if (Date.now() - began > LIMIT_MS)
      throw new Error(
        `job ${name}: has failed and must be gone before the update can go on; look at its finalizers and its pods`,
      );
}

const existing = (api: KubeApi, path: string): Promise<Job | undefined> => api.ask<Job>(path).catch(unlessMissing);
