import { object, secret, type Props } from "../serve/values.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Inputs that describe an imported object. */
export function importedInputs(live: Props): Props {
  const { status: _status, metadata, ...rest } = live;
  const { name, namespace, labels, annotations } = object(metadata);
  const { [lastApplied]: _copyInClear, ...kept } = object(annotations);
  const inputs = {
    ...rest,
    metadata: { name, namespace, labels, annotations: Object.keys(kept).length > 0 ? kept : undefined },
  };
  return live.kind === "Secret" && live.data !== undefined ? { ...inputs, data: secret(live.data) } : inputs;
}
