import * as pulumi from "@pulumi/pulumi";
import { connect } from "../../diagnosis/cluster.ts";
import { waitForEveryInstance, type InstancesArgs, type InstanceCondition } from "./instances.ts";
import { parseCpu, parseMemory } from "../../kubernetes/quantity.ts";
import type { Amount, Resources } from "../../kubernetes/resources.ts";

export interface DatabaseConfig {
  readonly image: string;
  readonly resources: Resources;
}

/** Condition that an instance is ready and has the image and the resources of the configuration. */
export const asConfigured = ({ image, resources }: DatabaseConfig): InstanceCondition => ({
  holds: ({ spec }) => {
    const found = spec?.containers.find(({ name }) => name === CONTAINER);
    return (
      found?.image === image &&
      isSame(found.resources?.limits, resources.limits) &&
      isSame(found.resources?.requests, resources.requests)
    );
  },
  words: "are ready and as configured",
  cure:
    "the site serves with those that are; look at the others' pods, take the change back or delete a replica that cannot join with its claim, " +
    "and run `pulumi up` again",
});

const CONTAINER = "postgres";

/** Compares numbers, because the API server writes quantities in a form of its own. */
const isSame = (found: Partial<Amount> = {}, wanted: Amount): boolean =>
  found.cpu !== undefined &&
  found.memory !== undefined &&
  parseCpu(found.cpu) === parseCpu(wanted.cpu) &&
  parseMemory(found.memory) === parseMemory(wanted.memory);

/**
 * How many instances the database has, once each is ready and as configured. The operator's own word is not enough: for a moment after a
 * change its condition is that of before (cloudnative-pg issue 11390), and a restore begins before the replicas have joined.
 */
export function instancesAsConfigured(
  args: InstancesArgs & DatabaseConfig,
  after: pulumi.Output<unknown>,
): pulumi.Output<number> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(args.instances);
  // Connected while the engine works, so that nobody waits for it at the end.
  const connected = connect(args.cluster);
  connected.catch(() => {});
  return after.apply(async () => {
    await waitForEveryInstance(args, asConfigured(args), { connectTo: () => connected });
    return args.instances;
  });
}
