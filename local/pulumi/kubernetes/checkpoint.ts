import { hasSecret, isSecret, object, plain, secret, text, at, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

/** The state of an object as the official provider writes and reads it, so that either takes over what the other left. */
export interface Checkpoint {
  /** The inputs of the last apply. Absent in a state that an older stand-in wrote. */
  readonly inputs?: Props;
  /** The object as the cluster last showed it. */
  readonly live: Props;
  readonly initialApiVersion?: string;
  readonly fieldManager?: string;
}

/** Where a state keeps the inputs, of objects and of releases alike. */
export const inputsKey = "__inputs";
const versionKey = "__initialApiVersion";
const managerKey = "__fieldManager";
const managerAnnotation = "pulumi.com/patchFieldManager";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** One name for every object: the official provider draws one for each, and keeps whatever a state has. */
export const defaultFieldManager = "pulumi-kubernetes";

/** By precedence: the annotation, the state, the default. */
export const fieldManagerOf = (inputs: Props, state: Props): string =>
  text(at(plain(inputs), "metadata", "annotations", managerAnnotation)) ||
  text(plain(state[managerKey])) ||
  defaultFieldManager;

/** `checkpointObject`: the live object with the inputs beside it, secret where `marks` are and where a Secret's data is. */
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

/** The official provider keeps these; neither reads them, and one holds a Secret's content in clear. */
function withoutBookkeeping(live: Props): Props {
  const { managedFields: _fields, ...metadata } = object(live.metadata);
  const { [lastApplied]: _copyInClear, ...annotations } = object(metadata.annotations);
  return { ...live, metadata: metadata.annotations ? { ...metadata, annotations } : metadata };
}

/** Copies secret marks by key. A list with a secret anywhere in it is secret as a whole: its order may have changed. */
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
