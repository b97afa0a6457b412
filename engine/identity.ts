import * as pulumi from "@pulumi/pulumi";

interface Metadata {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * What an object is known by, another one when it was made anew. A preview of one that is to be made shows what a dry run answers: a `uid` that
 * nothing will have, or none. Only what is kept has a version.
 */
export const identityOf = (metadata: pulumi.Output<Metadata | undefined>): pulumi.Output<string> =>
  metadata.apply((found) => {
    const isKept = found?.resourceVersion !== undefined || !pulumi.runtime.isDryRun();
    return isKept ? pulumi.output(found?.uid ?? "") : unknown<string>();
  });

/** What only the update will know. */
export const unknown = <T>(): pulumi.Output<T> => pulumi.output(pulumi.unknown as T) as pulumi.Output<T>;
