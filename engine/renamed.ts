import * as pulumi from "@pulumi/pulumi";

/**
 * Options of a component that had another type, or another name, in an earlier release. By the alias the engine finds the component and its
 * children in a state of that release, so that they are kept and not made again.
 */
export const renamed = (
  opts: pulumi.ComponentResourceOptions | undefined,
  before: { readonly type: string; readonly name?: string },
): pulumi.ComponentResourceOptions => pulumi.mergeOptions(opts ?? {}, { aliases: [before] });
