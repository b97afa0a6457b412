import * as pulumi from "@pulumi/pulumi";
import { canUseHooks } from "../../engine/hooks.ts";
import { waitForEveryInstance, type InstancesArgs, type InstanceCondition } from "./instances.ts";

const SIDECAR = "plugin-barman-cloud";

export const WITH_PLUGIN: InstanceCondition = {
  holds: ({ status }) => status?.initContainerStatuses?.some(({ name, ready }) => name === SIDECAR && ready) === true,
  words: "have the plugin",
  cure: "look at their events, and at the log of the plugin in the operator's namespace",
};

/**
 * Hooks that wait until every instance has the plugin. CloudNativePG adds it pod by pod; a base backup that starts in a pod without it
 * fails and is not tried again.
 */
export function awaitPlugin(name: string, args: InstancesArgs): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  return { beforeCreate: [new pulumi.ResourceHook(`${name}-plugin`, () => waitForEveryInstance(args, WITH_PLUGIN))] };
}
