import {
  equal,
  isSecret,
  list,
  object,
  plain,
  secret,
  text,
  unknown,
  type Props,
  type Value,
} from "../../serve/values.ts";
import { isMap } from "../../../../tooling/maps.ts";
import { formatPath, type Diff, type DiffKind, type Path } from "../../serve/diff.ts";
import { annotateSecrets, inputsKey } from "../checkpoint.ts";
import { completed, mergeValues } from "./inputs.ts";

/** A release as Helm has it. */
export interface Live {
  readonly status: Props;
  readonly values: Props;
  readonly resourceNames?: Record<string, string[]>;
}

/** `checkpointRelease` and `setReleaseAttributes` of the official provider: the fields as Helm has them, and the inputs. */
export function checkpointRelease(inputs: Props, state: Props, live: Live): Props {
  const { resourceNames = object(plain(state.resourceNames)), status, values } = live;
  const bare = plain(inputs);
  const outputs = {
    ...bare,
    values: mergeValues(object(bare.values), values),
    version: status.version,
    resourceNames,
    status,
  };
  return { ...annotateSecrets(outputs, inputs), [inputsKey]: secret(inputs) };
}

/** State of a release before its update in a preview: what Helm computes is unknown. */
export const previewRelease = (inputs: Props): Props => ({
  ...inputs,
  resourceNames: unknown,
  status: unknown,
  [inputsKey]: secret(inputs),
});

/** The inputs in a state; for a state of an older stand-in, the engine's old inputs. */
export function recordedInputs(state: Props | undefined, inputs: Props): Props {
  const found = state?.[inputsKey];
  return isSecret(found) && isMap(found.value) ? found.value : isMap(found) ? found : inputs;
}

/**
 * `Diff` of the official provider, a three-way merge: changes of the recorded release by the new inputs, with the values of the live
 * release, and removals of old inputs that are gone. The status is not compared.
 */
export function diffRelease(olds: Props, news: Props, state: Props): Diff {
  const legacy = !(inputsKey in state);
  const after = plain(news);
  // An older stand-in recorded neither unset fields nor the chart's version.
  const before = legacy ? { ...completed(plain(olds)), version: after.version } : plain(recordedInputs(state, olds));
  const current = legacy ? { ...completed(plain(state)), version: after.version } : plain(state);
  const { checksum: _checksum, resourceNames: _names, ...inputs } = before;
  const detailed: Record<string, DiffKind> = {};
  threeWay(inputs, after, current, [], (path, kind) => {
    const isIdentity = path.length === 1 && ["name", "namespace"].includes(String(path[0]));
    detailed[formatPath(path)] = isIdentity ? `${kind}-replace` : kind;
  });
  return { detailed };
}

type Report = (path: Path, kind: "add" | "delete" | "update") => void;

function threeWay(before: Props, after: Props, current: Props, path: Path, report: Report): void {
  for (const [key, value] of Object.entries(after)) compare(before[key], value, current[key], [...path, key], report);
  for (const key of Object.keys(before))
    if (after[key] === undefined && key in current) report([...path, key], "delete");
}

function compare(before: Value, after: Value, current: Value, path: Path, report: Report): void {
  if (after === undefined || (after !== unknown && equal(after, current))) return;
  if (isMap(after) && isMap(current)) return threeWay(object(before), after, current, path, report);
  if (Array.isArray(after) && Array.isArray(current)) {
    const [now, was] = [list(after), list(current)];
    for (let i = 0; i < Math.max(now.length, was.length); i++)
      if (now[i] === undefined) report([...path, i], "delete");
      else compare(list(before)[i], now[i], was[i], [...path, i], report);
    return;
  }
  report(path, current === undefined || current === null ? "add" : "update");
}

/** `kind.group/version`, as the official provider groups the names of a release's objects. */
export function resourceKey(kind: string, apiVersion: string): string {
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
  return `${kind}${group}/${apiVersion}`;
}

/** The kind and API version in such a key. */
export function typeOf(key: string): { kind: string; apiVersion: string } {
  const [kindAndGroup = "", ...version] = key.split("/");
  return { kind: text(kindAndGroup.split(".")[0]), apiVersion: version.join("/") };
}
