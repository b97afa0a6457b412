import { diffInputs, type Diff } from "../serve/diff.ts";
import type { Context } from "../serve/provider.ts";
import { at, object, plain, text, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";
import { checkReady } from "./await.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { isAutonamed, parseId } from "./naming.ts";
import type { Target } from "./config.ts";
import { replaceRule } from "./replace.ts";
import { normalize, pruned } from "./shape.ts";

/**
 * `Diff` of the official provider: compares the new inputs with the live object of the state, in the shape of the last inputs. It sends no
 * request, and reports values that the cluster spells differently from the program.
 */
export function diffObject(
  target: Pick<Target, "client" | "settings"> | undefined,
  { id, ignoreChanges }: { readonly id: string } & Pick<Context, "ignoreChanges">,
  olds: Props,
  state: Props,
  news: Props,
): Diff {
  const { live, inputs: recorded } = parseCheckpoint(state);
  // A state of an older stand-in has no inputs; the engine's old inputs are equal to them.
  const before = normalize(recorded ?? plain(olds));
  const { namespace } = parseId(id);
  const fallback = target?.client.cluster.namespace ?? namespace;
  const after = identified(normalize(plain(news)), { namespace: namespace && fallback });
  const seen = identified(pruned(isMap(live.metadata) ? live : before, before), {
    namespace,
    apiVersion: after.apiVersion,
    kind: after.kind,
  });
  const mutable = target?.settings.mutable ?? { configMaps: false, secrets: false };
  const found = diffInputs(seen, after, replaceRule(after, mutable));
  const ignored = (path: string) =>
    ignoreChanges.some(
      (prefix) => path === prefix || (/^[.[]/.test(path.slice(prefix.length)) && path.startsWith(prefix)),
    );
  const detailed = Object.fromEntries(Object.entries(found).filter(([path]) => !ignored(path)));
  // Two objects cannot share a fixed name, so the old object is deleted first.
  const deleteBeforeReplace = !isAutonamed(after) && identityOf(seen) === identityOf(after);
  return { detailed, deleteBeforeReplace };
}

const identityOf = (inputs: Props): string =>
  [at(inputs, "metadata", "namespace"), at(inputs, "metadata", "name")].join("/");

/** Adds the namespace, API version and kind that an object has by default. */
function identified(inputs: Props, { namespace, ...kind }: { namespace?: string } & Props): Props {
  const metadata = object(inputs.metadata);
  const spelled = namespace && !metadata.namespace ? { ...metadata, namespace } : metadata;
  return { ...kind, ...inputs, ...(Object.keys(spelled).length > 0 ? { metadata: spelled } : {}) };
}

const replaceUnready = "pulumi.com/replaceUnready";

/** As diffObject, and also replaces a Job that is not ready, when its annotation asks for it. */
export async function diffLive(
  target: Target | undefined,
  context: Context,
  id: string,
  olds: Props,
  state: Props,
  news: Props,
): Promise<Diff> {
  const diff = diffObject(target, { id, ignoreChanges: context.ignoreChanges }, olds, state, news);
  const inputs = plain(news);
  const asks = text(inputs.kind) === "Job" && at(inputs, "metadata", "annotations", replaceUnready) === "true";
  if (!asks || !target) return diff;
  const ref = { apiVersion: text(inputs.apiVersion), kind: "Job", ...parseId(id) };
  // A deleted Job is not created again before a refresh has found its loss.
  const live = await target.client.get(ref).catch(() => undefined);
  if (!live || !(await checkReady(target.client, ref, inputs, live))) return diff;
  return { ...diff, detailed: { ...diff.detailed, [`metadata.annotations["${replaceUnready}"]`]: "update-replace" } };
}
