import * as pulumi from "@pulumi/pulumi";

export interface GuardArgs {
  /** Whether the stack is protected. */
  readonly protect: boolean;
  /** Every component of the stack. */
  readonly guarded: readonly pulumi.Resource[];
}

/**
 * What `pulumi destroy` of a protected stack meets first. A protected resource is only refused when its turn comes, after all that depends on
 * it is gone, and data has its turn last: the site would be taken down around it. So something that is protected depends on everything; once
 * it is refused, nothing that it depends on is touched. It is a component, because those never have part in a replacement.
 */
export class Guard extends pulumi.ComponentResource {
  constructor(name: string, { guarded, protect }: GuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Guard", name, {}, { ...opts, protect, dependsOn: protect ? [...guarded] : [] });
    this.registerOutputs({});
  }
}
