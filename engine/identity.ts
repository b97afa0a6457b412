import * as pulumi from "@pulumi/pulumi";

interface Metadata {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * UID of an object, which is new when the object is recreated. In a preview of a new object the provider's dry run shows a `uid` that
 * nothing will have, or none; only a stored object has a resourceVersion, so without one the UID counts as unknown.
 */
export const identityOf = (metadata: pulumi.Output<Metadata | undefined>): pulumi.Output<string> =>
  metadata.apply((found) => {
    const isKept = found?.resourceVersion !== undefined || !pulumi.runtime.isDryRun();
    return isKept ? pulumi.output(found?.uid ?? "") : unknown<string>();
  });

/** A value that only the update will know. */
export const unknown = <T>(): pulumi.Output<T> => pulumi.output(pulumi.unknown as T) as pulumi.Output<T>;
