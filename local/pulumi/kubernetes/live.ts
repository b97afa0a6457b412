import {
  equal,
  isObject,
  isSecret,
  keepSecrets,
  list,
  object,
  plain,
  secret,
  text,
  at,
  type Props,
  type Value,
} from "../serve/values.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const listKeys = ["name", "key", "containerPort", "port", "mountPath", "topologyKey", "ip", "uid"];

/** What is recorded of a live object: without bookkeeping, and with secrets marked as such. */
export function stateOf(live: Props, inputs: Props): Props {
  const { managedFields: _fields, ...metadata } = object(live.metadata);
  const { [lastApplied]: _copyInClear, ...annotations } = object(metadata.annotations);
  const cleaned = { ...live, metadata: metadata.annotations ? { ...metadata, annotations } : metadata };
  const marked = keepSecrets(cleaned, inputs) as Props;
  if (live.kind !== "Secret") return marked;
  const stringData = inputs.stringData === undefined ? {} : { stringData: secret(plain(inputs.stringData)) };
  return { ...marked, ...(live.data === undefined ? {} : { data: secret(live.data) }), ...stringData };
}

/** The inputs that would describe an object nobody's program has described yet. */
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

/**
 * The last inputs, corrected by what has changed in the cluster since the last apply. Comparing with the recorded state
 * rather than with the inputs keeps defaults and normalized quantities from looking like drift.
 */
export function driftedInputs(inputs: Props, state: Props, live: Props): Props {
  if (live.kind !== "Secret" || inputs.stringData === undefined) return drift(inputs, state, live) as Props;
  const keys = Object.keys(object(plain(inputs.stringData)));
  return drift(inputs, withStringData(plain(state), keys), withStringData(live, keys)) as Props;
}

function withStringData(object_: Props, keys: readonly string[]): Props {
  const decoded = keys.flatMap((key) => {
    const encoded = at(object_, "data", key);
    return encoded === undefined ? [] : [[key, Buffer.from(text(encoded), "base64").toString()] as const];
  });
  return { ...object_, stringData: Object.fromEntries(decoded) };
}

function drift(input: Value, state: Value, live: Value): Value {
  if (isSecret(input)) {
    const value = drift(input.value, state, live);
    return value === undefined ? undefined : secret(value);
  }
  if (isSecret(state)) return drift(input, plain(state), live);
  if (equal(plain(state), live)) return input;
  if (isObject(input) && isObject(live))
    return Object.fromEntries(
      Object.entries(input)
        .map(([key, value]) => [key, drift(value, object(state)[key], live[key])] as const)
        .filter(([, value]) => value !== undefined),
    );
  if (Array.isArray(input) && Array.isArray(live)) return driftedList(input, list(plain(state)), live);
  return live;
}

/** Lists of named things merge on the server, so elements that others added are not ours to report. */
function driftedList(input: Value[], state: Value[], live: Value[]): Value[] {
  const key = listKeys.find((candidate) =>
    [...input, ...live].every((item) => object(plain(item))[candidate] !== undefined),
  );
  if (!key) return live;
  const match = (items: Value[], item: Value) => items.find((other) => object(other)[key] === object(plain(item))[key]);
  return input.map((item) => drift(item, match(state, item), match(live, item))).filter((item) => item !== undefined);
}
