import { hasSecret, isSecret, object, plain, secret, text, at, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

/** State of an object in the official provider's format, so that either provider can continue from the other's state. */
export interface Checkpoint {
  /** The inputs of the last apply; absent in a state that an older stand-in wrote. */
  readonly inputs?: Props;
  /** The object as last read from the cluster. */
  readonly live: Props;
  readonly initialApiVersion?: string;
  readonly fieldManager?: string;
}

/** Key of the inputs in a state, for objects and for releases. */
export const inputsKey = "__inputs";
const versionKey = "__initialApiVersion";
const managerKey = "__fieldManager";
const managerAnnotation = "pulumi.com/patchFieldManager";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Name of the field manager for every object. The official provider generates one for each object, and keeps the one in a state. */
export const defaultFieldManager = "pulumi-kubernetes";

/** Field manager by precedence: annotation, state, default. */
export const fieldManagerOf = (inputs: Props, state: Props): string =>
  text(at(plain(inputs), "metadata", "annotations", managerAnnotation)) ||
  text(plain(state[managerKey])) ||
  defaultFieldManager;

/** `checkpointObject`: the live object with its inputs, secret where `marks` are, and where a Secret has its data. */
export function checkpoint(inputs: Props, live: Props, marks: Props, version: string, fieldManager: string): Props {
  return {
    ...annotateSecrets(withoutBookkeeping(live), marks),
    [inputsKey]: annotateSecrets(plain(inputs), marks),
    [versionKey]: version,
    [managerKey]: fieldManager,
  };
}

export function parseCheckpoint(state: Props): Checkpoint {
  const { [inputsKey]: inputs, [versionKey]: version, [managerKey]: manager, ...live } = plain(state);
  return {
    live,
    ...(isMap(inputs) ? { inputs } : {}),
    ...(text(version) ? { initialApiVersion: text(version) } : {}),
    ...(text(manager) ? { fieldManager: text(manager) } : {}),
  };
}

/** Removes two fields that the official provider keeps. Neither provider reads them, and one contains a Secret's data in clear. */
function withoutBookkeeping(live: Props): Props {
  const { managedFields: _fields, ...metadata } = object(live.metadata);
  const { [lastApplied]: _copyInClear, ...annotations } = object(metadata.annotations);
  return { ...live, metadata: metadata.annotations ? { ...metadata, annotations } : metadata };
}

/** Copies secret marks by key. A list with a secret in it becomes secret as a whole, because its order may have changed. */
export function annotateSecrets(outputs: Props, marks: Props): Props {
  if (outputs.kind === "Secret") {
    const hidden = ["data", "stringData"].filter((key) => outputs[key] !== undefined);
    return { ...outputs, ...Object.fromEntries(hidden.map((key) => [key, secret(outputs[key])])) };
  }
  const entries = Object.entries(outputs).map(([key, value]) => {
    const mark = marks[key];
    if (isMap(value) && !isSecret(value) && isMap(mark) && !isSecret(mark))
      return [key, annotateSecrets(value, mark)] as const;
    return [key, mark !== undefined && hasSecret(mark) ? secret(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
