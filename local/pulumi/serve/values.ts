import { isMap } from "../../../tooling/maps.ts";

export type Value = unknown;
export type Props = Record<string, Value>;

/** Keys and marks of the engine's wire format. */
export const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const secret = (value: Value): Props => (isSecret(value) ? value : { [signature]: secretSignature, value });

export const isSecret = (value: Value): value is { value: Value } & Props =>
  isMap(value) && value[signature] === secretSignature;

/** Removes the secret marks, deeply; unknown values stay. */
export function plain<T = Props>(value: Value): T {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map((item) => plain(item)) as T;
  if (!isMap(value)) return value as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) as T;
}

export function some(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isMap(value) && Object.values(value).some((item) => some(item, test));
}

export const hasUnknown = (value: Value): boolean => some(value, (item) => item === unknown);
export const hasSecret = (value: Value): boolean => some(value, isSecret);

/** Walks a path of keys through plain values. */
export function at(value: Value, ...path: (string | number)[]): Value {
  return path.reduce<Value>((node, key) => {
    if (Array.isArray(node)) return node[Number(key)] as Value;
    return isMap(node) ? node[key] : undefined;
  }, value);
}

export const text = (value: Value): string => (typeof value === "string" ? value : "");
export const list = (value: Value): Value[] => (Array.isArray(value) ? value : []);
export const object = (value: Value): Props => (isMap(value) ? value : {});

/** Compares values independent of key order; undefined and null count as absent, as on the wire. */
export function equal(left: Value, right: Value): boolean {
  return canonical(left) === canonical(right);
}

export function canonical(value: Value): string {
  return (
    JSON.stringify(value, (_key, item: Value) =>
      isMap(item)
        ? Object.fromEntries(
            Object.entries(item)
              .filter(([, entry]) => entry !== undefined && entry !== null)
              .sort(([a], [b]) => (a < b ? -1 : 1)),
          )
        : item,
    ) ?? "null"
  );
}

/**
 * Copies the secret marks of the inputs to the outputs. A list with a secret in it becomes secret as a whole, because the other side may
 * have reordered it.
 */
export function keepSecrets(outputs: Value, inputs: Value): Value {
  if (outputs === undefined || isSecret(outputs)) return outputs;
  if (isSecret(inputs) || (Array.isArray(inputs) && hasSecret(inputs))) return secret(outputs);
  if (!isMap(inputs) || !isMap(outputs)) return outputs;
  return Object.fromEntries(Object.entries(outputs).map(([key, item]) => [key, keepSecrets(item, inputs[key])]));
}

/** Every string in a value. */
export function texts(value: Value): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isMap(value) ? Object.values(value).flatMap(texts) : [];
}

function secretTexts(value: Value): string[] {
  if (isSecret(value)) return texts(plain(value.value));
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  return isMap(value) ? Object.values(value).flatMap(secretTexts) : [];
}

/** Masks every secret of the inputs, longest first, in the output of another program. */
export function redact(message: string, inputs: Value): string {
  return [...new Set(secretTexts(inputs))]
    .filter((item) => item.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((masked, item) => masked.replaceAll(item, "[secret]"), message);
}
