import { isMap } from "../../tooling/maps.ts";

export type Props = Readonly<Record<string, unknown>>;

/** Stands for a value that is unknown before the update. Rules let it pass, because the update judges the resource again. */
export const UNKNOWN = "(known after the update)";

/** A resource as the rules see it, from the engine or from the recorder. */
export interface JudgedResource {
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  /** Inputs with secrets unwrapped and unknown values as {@link UNKNOWN}. */
  readonly props: Props;
  /** Paths of the secret values, such as `stringData.url`. */
  readonly secrets: readonly string[];
  readonly protect: boolean;
  /** Name of the provider; undefined for a component. */
  readonly provider?: string;
  /** Whether the objects of a release with a third-party chart are included. @default false */
  readonly withThirdParty?: boolean;
}

/** The value at a path of keys; undefined when there is none. */
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

/** A value as messages quote it. */
export const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

export const isKnown = (text: string): boolean => !text.includes(UNKNOWN);
