import * as pulumi from "@pulumi/pulumi";

/** Field manager of every server-side apply. */
export const FIELD_MANAGER = "pulumi-kubernetes";

const ANNOTATION = "pulumi.com/patchFieldManager";

type Metadata = { readonly annotations?: pulumi.Input<Record<string, pulumi.Input<string>>> };

/**
 * Applies every object with one field manager. By default the provider draws a random name per object, and again for imported objects and
 * older states; a field that the program no longer sets would then stay with its former manager.
 */
export const inOneName: pulumi.ResourceTransformation = ({ opts, props, type }) => {
  const [provider, group] = type.split(":");
  if (provider !== "kubernetes" || group === "helm.sh/v3") return undefined;
  const { metadata } = props as { metadata?: pulumi.Input<Metadata> };
  return {
    opts,
    props: {
      ...props,
      metadata: pulumi.Output.isInstance(metadata) ? metadata.apply(named) : named(metadata as Metadata),
    },
  };
};

function named(metadata: Metadata | undefined) {
  const { annotations } = metadata ?? {};
  const annotate = (given: Record<string, pulumi.Input<string>> | undefined) => ({
    ...given,
    [ANNOTATION]: FIELD_MANAGER,
  });
  return {
    ...metadata,
    annotations: pulumi.Output.isInstance(annotations)
      ? annotations.apply(annotate)
      : annotate(annotations as Record<string, pulumi.Input<string>>),
  };
}
