import type { Log } from "./engine.ts";
import type { Diff } from "./diff.ts";
import type { Failure } from "./errors.ts";
import type { Props } from "./values.ts";

export interface Autonaming {
  readonly proposedName: string;
  readonly enforced: boolean;
  readonly disabled: boolean;
}

/** What every call says about the resource it is for. */
export interface Context {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly preview: boolean;
  /** From customTimeouts; 0 when the program sets none. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly autonaming?: Autonaming;
  /** Paths whose changes the program wants to hear nothing of. */
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

/** What a plugin implements. A missing method means the plugin has no use for it. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  checkConfig?(inputs: Props): readonly Failure[];
  configure?(inputs: Props): Promise<void> | void;
  /** The provider's own inputs whose change replaces everything it manages. */
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
