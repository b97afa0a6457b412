import { isMap } from "../../tooling/maps.ts";

export type Props = Readonly<Record<string, unknown>>;

/** Stands for a value that nobody knows before the update. A rule lets it pass: the update itself judges it again. */
export const UNKNOWN = "(known after the update)";

/** A resource as the rules see it, whether the engine or the recorder showed it. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** Secrets unwrapped, unknown values as {@link UNKNOWN}. */
  readonly props: Props;
  /** Paths of the secret values, as `stringData.url`. */
  readonly secrets: readonly string[];
  readonly protect: boolean;
  /** Name of the provider; undefined for a component. */
  readonly provider?: string;
  /** Whether objects of a release whose chart is somebody else's are looked at too. @default false */
  readonly withThirdParty?: boolean;
}

/** The value at a path of keys; undefined where there is none. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);

export const propsAt = (value: unknown, ...path: readonly string[]): Props => {
  const found = at(value, ...path);
  return isMap(found) ? found : {};
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as unknown[]) : [];
};

export const textAt = (value: unknown, ...path: readonly string[]): string => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
};

/** How a value is quoted in a message. */
export const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

export const isKnown = (text: string): boolean => !text.includes(UNKNOWN);
