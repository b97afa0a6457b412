import * as pulumi from "@pulumi/pulumi";

/**
 * Pulumi's SDK writes the whole of every resource, secrets included, into debug messages, and `pulumi up --json`, event logs and `-v=3`
 * print these without being asked to. Nothing else comes by that way.
 */
export function withholdDebugMessages(log: object = pulumi.log): void {
  Object.assign(log, { debug: () => Promise.resolve() });
}
