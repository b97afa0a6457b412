import * as pulumi from "@pulumi/pulumi";
import { everyInstance, type InstancesArgs, type Wanted } from "./instances.ts";

export const READY: Wanted = {
  holds: () => true,
  words: "are ready",
  cure: "the site serves without the others; look at their pods, delete one that cannot join with its claim, and run `pulumi up` again",
};

/**
 * How many instances the database has, once they are all ready: a restore, and the site after it, need the primary alone and do not wait for
 * its replicas, so the update does in the end. Nothing in a preview.
 */
export function replicasJoined(args: InstancesArgs, after: pulumi.Output<unknown>): pulumi.Output<number | undefined> {
  return after.apply(async () => {
    if (pulumi.runtime.isDryRun()) return undefined;
    await everyInstance(args, READY);
    return args.instances;
  });
}
