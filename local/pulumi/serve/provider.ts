import type { Log } from "./engine.ts";
import type { Diff } from "./diff.ts";
import type { Failure } from "./errors.ts";
import type { Props } from "./values.ts";

export interface Autonaming {
  readonly proposedName: string;
  readonly enforced: boolean;
  readonly disabled: boolean;
}

/** Data of the resource that a call is for. */
export interface Context {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly preview: boolean;
  /** From customTimeouts; 0 when the program sets no timeout. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly autonaming?: Autonaming;
  /** Paths whose changes the program ignores. */
  readonly ignoreChanges: readonly string[];
}

export interface Checked {
  readonly inputs: Props;
  readonly failures?: readonly Failure[];
}
export interface Resource {
  readonly id: string;
  readonly inputs: Props;
  readonly state: Props;
}

/** Methods of a plugin. A missing method means that the plugin does not need it. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  checkConfig?(inputs: Props): readonly Failure[];
  configure?(inputs: Props): Promise<void> | void;
  /** Inputs of the provider whose change replaces everything that it manages. */
  replacedConfig?(olds: Props, news: Props): readonly string[];
  check(context: Context, olds: Props, news: Props): Promise<Checked> | Checked;
  diff(context: Context, id: string, olds: Props, state: Props, news: Props): Promise<Diff> | Diff;
  create(context: Context, inputs: Props): Promise<{ id: string; state: Props }>;
  read?(
    context: Context,
    id: string,
    inputs: Props | undefined,
    state: Props | undefined,
  ): Promise<Resource | undefined>;
  update?(context: Context, id: string, olds: Props, state: Props, news: Props): Promise<Props>;
  delete?(context: Context, id: string, inputs: Props, state: Props): Promise<void>;
  invoke?(token: string, args: Props, signal: AbortSignal): Promise<Props>;
}
