import { hasUnknown, object, text, type Props, type Value } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";
import { sameQuantity } from "./quantity.ts";

/** API groups with types in the official provider, which treats all other groups as custom resources. */
const builtInGroups = new Set([
  ...["", "apps", "autoscaling", "batch", "extensions", "policy"],
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "authentication",
    "authorization",
    "certificates",
  ].map((group) => `${group}.k8s.io`),
  ...["coordination", "discovery", "events", "networking", "node", "rbac.authorization", "resource", "scheduling"].map(
    (group) => `${group}.k8s.io`,
  ),
  ...["flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "storage.k8s.io", "storagemigration.k8s.io"],
]);

export const isBuiltIn = (inputs: Props): boolean => {
  const apiVersion = text(inputs.apiVersion);
  return builtInGroups.has(apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");
};

const readOnly = [
  ...["creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"],
  ...["resourceVersion", "uid"],
];

/** `normalizeInputs`: removes fields that only the server writes, and encodes a Secret's stringData into data as the server does. */
export function normalize(inputs: Props): Props {
  const metadata = Object.entries(object(inputs.metadata)).filter(([key]) => !readOnly.includes(key));
  const cleaned = isMap(inputs.metadata) ? { ...inputs, metadata: Object.fromEntries(metadata) } : inputs;
  return cleaned.kind === "Secret" && isBuiltIn(cleaned) && !hasUnknown(cleaned) ? withData(cleaned) : cleaned;
}

function withData(inputs: Props): Props {
  const { stringData, ...rest } = inputs;
  const recoded = Object.entries(object(rest.data)).map(([key, value]) => [
    key,
    Buffer.from(text(value), "base64").toString("base64"),
  ]);
  const encoded = Object.entries(object(stringData)).map(([key, value]) => [
    key,
    Buffer.from(text(value)).toString("base64"),
  ]);
  const data = Object.fromEntries([...recoded, ...encoded]) as Props;
  return Object.keys(data).length > 0
    ? { ...rest, data }
    : { ...rest, ...(stringData === undefined ? {} : { stringData }) };
}

const isEmpty = (value: Value): boolean =>
  value === null ||
  value === false ||
  value === "" ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.keys(value).length === 0);

const kindOfValue = (value: Value): string => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);

/**
 * `pruneLiveState`: the live object in the shape of the inputs, lists by position, so that fields added by others are no difference and
 * changed ones are. For built-in kinds the official provider compares typed values: a differently spelled amount, and an empty value that
 * the server omits, stay as in the inputs.
 */
export const pruned = (live: Props, inputs: Props): Props => pruneMap(live, inputs, isBuiltIn(inputs), []);

type Path = readonly (string | number)[];

function pruneMap(live: Props, inputs: Props, typed: boolean, path: Path): Props {
  const entries = Object.entries(inputs).flatMap(([key, input]) => {
    const value = live[key];
    if (value !== undefined) return [[key, pruneValue(value, input, typed, [...path, key])] as const];
    return typed && isEmpty(input) ? [[key, input] as const] : [];
  });
  return Object.fromEntries(entries);
}

function pruneValue(live: Value, input: Value, typed: boolean, path: Path): Value {
  if (kindOfValue(live) !== kindOfValue(input)) return typed && sameQuantity(path, live, input) ? input : live;
  if (isMap(live)) return pruneMap(live, object(input), typed, path);
  if (Array.isArray(live)) return pruneList(live, input as Value[], typed, path);
  return typed && sameQuantity(path, live, input) ? input : live;
}

function pruneList(live: Value[], inputs: Value[], typed: boolean, path: Path): Value[] {
  if (live.length === 0 || inputs.length === 0) return [];
  if (kindOfValue(live[0]) !== kindOfValue(inputs[0])) return live;
  return inputs
    .slice(0, live.length)
    .map((input, index) => (input === null ? live[index] : pruneValue(live[index], input, typed, [...path, index])));
}
