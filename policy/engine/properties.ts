import { Secret } from "@pulumi/policy";
import { type Props, UNKNOWN } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";

/** Placeholders that the engine sends for unknown values, one for each type. The policy SDK does not export its own list. */
const UNKNOWNS: readonly unknown[] = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/**
 * Properties without the SDK's proxy. The proxy throws when an unknown value is read, which would end a rule at the first unknown; the
 * property descriptors do not throw, and show secrets as such.
 */
const raw = (proxied: object): Props =>
  Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(proxied)).map(([key, { value }]) => [key, value as unknown]),
  );

export interface Plain {
  readonly props: Props;
  readonly secrets: readonly string[];
}

/** Properties with secrets unwrapped and listed, and with unknown values replaced by {@link UNKNOWN}. */
export function plain(proxied: object): Plain {
  const secrets: string[] = [];
  return { props: unwrap(raw(proxied), "", secrets) as Props, secrets };
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (UNKNOWNS.includes(value)) return UNKNOWN;
  if (value instanceof Secret) {
    secrets.push(path);
    return unwrap(value.value, path, secrets);
  }
  if (Array.isArray(value)) return value.map((inner, i) => unwrap(inner, join(path, String(i)), secrets));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, unwrap(inner, join(path, key), secrets)]),
  );
}

const join = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);
