import * as pulumi from "@pulumi/pulumi";

/** In whose name the program applies what it describes. */
export const FIELD_MANAGER = "pulumi-kubernetes";

const ANNOTATION = "pulumi.com/patchFieldManager";

type Metadata = { readonly annotations?: pulumi.Input<Record<string, pulumi.Input<string>>> };

/**
 * Has every object applied in one name. The provider otherwise draws a name for each, and draws again for what it imports or
 * finds in an older state; a field that the program stops setting would then stay, as that of the manager before.
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
