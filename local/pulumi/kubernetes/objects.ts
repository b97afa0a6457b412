import { PartialFailure } from "../serve/errors.ts";
import type { Context, Resource } from "../serve/provider.ts";
import { at, hasUnknown, plain, text, type Props } from "../serve/values.ts";
import { applyNew, explain, update, validateNew } from "./apply.ts";
import { awaitGone, awaitReady, checkRead, skipsAwaitGone } from "./await.ts";
import { annotateSecrets, checkpoint, fieldManagerOf, parseCheckpoint } from "./checkpoint.ts";
import type { ObjectRef } from "./client.ts";
import type { Target } from "./config.ts";
import { importedInputs } from "./imports.ts";
import { idOf, kindOf, parseId } from "./naming.ts";
import { normalize, pruned } from "./shape.ts";

const unconfigured = (): Error => new Error("kubernetes:kubeconfig: still unknown, though this is no preview");

/** The state to record: the live object, the inputs, and the API version and field manager of the apply. */
const recorded = (inputs: Props, live: Props, state: Props): Props =>
  checkpoint(
    plain(inputs),
    live,
    inputs,
    parseCheckpoint(state).initialApiVersion ?? text(plain(inputs.apiVersion)),
    fieldManagerOf(inputs, state),
  );

interface Applied {
  readonly ref: ObjectRef;
  readonly inputs: Props;
  readonly state: Props;
  readonly live: Props;
  /** The object before an update. */
  readonly before?: Props;
}

async function settle({ client }: Target, context: Context, applied: Applied) {
  const { before, inputs, ref, state } = applied;
  const id = idOf(ref.namespace, ref.name);
  const { live, problem } = await awaitReady(client, context, ref, plain(inputs), { live: applied.live, before });
  const now = recorded(inputs, live, state);
  if (problem) throw new PartialFailure(problem, { id, inputs, state: now });
  return { id, state: now };
}

export async function createObject(target: Target | undefined, context: Context, inputs: Props) {
  const wanted = plain(inputs);
  if (context.preview) {
    const accepted = target && !hasUnknown(inputs) ? await validateNew(target, wanted) : undefined;
    if (!accepted) return { id: "", state: inputs };
    const { status: _empty, ...shown } = accepted;
    return { id: "", state: recorded(inputs, shown, {}) };
  }
  if (!target) throw unconfigured();
  const { ref, live } = await applyNew(target, context, wanted);
  return settle(target, context, { ref, inputs, state: {}, live });
}

export async function updateObject(
  target: Target | undefined,
  context: Context,
  state: Props,
  news: Props,
): Promise<Props> {
  const wanted = normalize(plain(news));
  if (context.preview) {
    const known =
      target &&
      !hasUnknown(news) &&
      (await target.client.isNamespaced(text(wanted.apiVersion), text(wanted.kind))) !== undefined;
    return known ? recorded(news, (await update(target, wanted, state, true)).live, state) : news;
  }
  if (!target) throw unconfigured();
  const { ref, live, before, refused } = await update(target, wanted, state, false);
  if (refused)
    throw new PartialFailure(refused.message, {
      id: idOf(ref.namespace, ref.name),
      inputs: news,
      state: recorded(news, live, state),
    });
  return (await settle(target, context, { ref, inputs: news, state, live, before })).state;
}

export async function readObject(
  target: Target,
  context: Context,
  id: string,
  inputs: Props | undefined,
  state: Props | undefined,
) {
  const known = normalize(plain<Props>(inputs ?? {}));
  const ref = { ...kindOf(context.type), ...parseId(id) };
  const live = await target.client.get({ ...ref, apiVersion: text(known.apiVersion) || ref.apiVersion });
  if (!live) return undefined;
  const isImport = !inputs || Object.keys(inputs).length === 0;
  const found = isImport ? importedInputs(live) : annotateSecrets(pruned(live, known), inputs);
  const resource: Resource = { id, inputs: found, state: recorded(found, live, state ?? {}) };
  const problem = isImport ? undefined : await checkRead(target.client, ref, known, live);
  if (problem) throw new PartialFailure(problem, resource);
  return resource;
}

export async function deleteObject(target: Target, context: Context, id: string, inputs: Props): Promise<void> {
  const known = plain(inputs);
  const ref = { ...kindOf(context.type), ...parseId(id) };
  const policy = text(at(known, "metadata", "annotations", "pulumi.com/deletionPropagationPolicy")) || "foreground";
  const title = policy.charAt(0).toUpperCase() + policy.slice(1).toLowerCase();
  await target.client
    .delete({ ...ref, apiVersion: text(known.apiVersion) || ref.apiVersion }, title)
    .catch((error: unknown) => {
      throw explain(error, ref);
    });
  if (!skipsAwaitGone(known)) await awaitGone(target.client, context, ref, known);
}
