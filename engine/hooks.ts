import * as state from "@pulumi/pulumi/runtime/state.js";
import * as pulumi from "@pulumi/pulumi";

/**
 * Whether the engine knows hooks. The SDK asks it when a program starts, and keeps the answer where its typings do not show it.
 */
export function engineHasHooks(): boolean {
  const store = (state as unknown as { getStore(): Record<string, unknown> }).getStore();
  return store["supportsResourceHooks"] === true && store["supportsErrorHooks"] === true;
}

/** Whether hooks that act may be used: not in a preview, where nothing happens. */
export const canUseHooks = (): boolean => !pulumi.runtime.isDryRun() && engineHasHooks();

const RETRY_DELAY_MS = 3000;
/** An operator that is reinstalled first waits a minute, until the leader lease of its predecessor expires. */
const RETRY_LIMIT_MS = 120_000;

/** Whether an error passes by itself: the operator runs, but its webhook is not reachable or not trusted yet. */
export function isWebhookStarting(error: string): boolean {
  return (
    error.includes("failed calling webhook") && /x509|connection refused|no endpoints|deadline exceeded|EOF/.test(error)
  );
}

/** Hooks of a resource that is checked by a webhook installed in the same run: tried again while the webhook starts. */
export function retryWhileWebhookStarts(name: string): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  const retry = new pulumi.ErrorHook(`${name}-webhook`, async ({ errors }) => {
    if (!isWebhookStarting(errors[0] ?? "") || errors.length * RETRY_DELAY_MS > RETRY_LIMIT_MS) return false;
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    return true;
  });
  return { onError: [retry] };
}
