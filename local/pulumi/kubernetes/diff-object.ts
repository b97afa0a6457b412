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
 * `Diff` of the official provider: the new inputs against the live object of the state, in the shape of the last
 * inputs. It asks the cluster nothing, and shows what somebody in the cluster spells in another way than the program.
 */
export function diffObject(
  target: Pick<Target, "client" | "settings"> | undefined,
  { id, ignoreChanges }: { readonly id: string } & Pick<Context, "ignoreChanges">,
  olds: Props,
  state: Props,
  news: Props,
): Diff {
  const { live, inputs: recorded } = parseCheckpoint(state);
  // Only an older stand-in has left no inputs in the state; those that the engine keeps are the same.
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
  // Two objects cannot share a fixed name, so the old one has to go first.
  const deleteBeforeReplace = !isAutonamed(after) && identityOf(seen) === identityOf(after);
  return { detailed, deleteBeforeReplace };
}

const identityOf = (inputs: Props): string =>
  [at(inputs, "metadata", "namespace"), at(inputs, "metadata", "name")].join("/");

/** With the namespace and the kind that an object has without saying so. */
function identified(inputs: Props, { namespace, ...kind }: { namespace?: string } & Props): Props {
  const metadata = object(inputs.metadata);
  const spelled = namespace && !metadata.namespace ? { ...metadata, namespace } : metadata;
  return { ...kind, ...inputs, ...(Object.keys(spelled).length > 0 ? { metadata: spelled } : {}) };
}

const replaceUnready = "pulumi.com/replaceUnready";

/** The same for an object that asks to be made again when it did not become ready, as only a Job can. */
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
  // One that somebody deleted is not made anew before a refresh has seen that it is gone.
  const live = await target.client.get(ref).catch(() => undefined);
  if (!live || !(await checkReady(target.client, ref, inputs, live))) return diff;
  return { ...diff, detailed: { ...diff.detailed, [`metadata.annotations["${replaceUnready}"]`]: "update-replace" } };
}
