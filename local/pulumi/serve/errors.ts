import { type Props } from "./values.ts";
import { isMap } from "../../../tooling/maps.ts";

/** The object exists, but its creation or update did not complete. Its state is recorded, and the next run tries again. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly inputs: Props;
  readonly state: Props;

  constructor(message: string, partial: { id: string; inputs: Props; state: Props }) {
    super(message);
    this.id = partial.id;
    this.inputs = partial.inputs;
    this.state = partial.state;
  }
}

export const notImplemented = (plugin: string, what: string): Error =>
  new Error(
    `${plugin} stand-in: ${what} is not implemented; install the official pulumi-resource-${plugin} plugin to use it`,
  );

const isSet = (value: unknown): boolean =>
  Array.isArray(value) || isMap(value)
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null && value !== false && value !== "";

/** A check failure for every key that is set but not in `known`. */
export const rejectUnknownKeys = (plugin: string, inputs: Props, known: readonly string[]): Failure[] =>
  Object.entries(inputs)
    .filter(([key, value]) => !known.includes(key) && !key.startsWith("__") && isSet(value))
    .map(([key]) => ({ property: key, reason: notImplemented(plugin, key).message }));

export interface Failure {
  readonly property: string;
  readonly reason: string;
}
