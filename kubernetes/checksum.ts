import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * A short digest that changes when a value does, to roll pods by. Marked as no secret, or the whole object around it would be hidden in
 * previews: the secrets in it are random and long, so their digest gives nothing away.
 */
export function checksum(values: readonly pulumi.Input<string>[]): pulumi.Output<string> {
  const digest = pulumi
    .all([...values])
    .apply((all) => createHash("sha256").update(all.join("\0")).digest("hex").slice(0, 16));
  return pulumi.unsecret(digest);
}
