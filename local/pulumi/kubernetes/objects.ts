import { PartialFailure } from "../serve/errors.ts";
import { diffInputs, type Diff } from "../serve/diff.ts";
import type { Context, Resource } from "../serve/provider.ts";
import { at, hasUnknown, isObject, object, plain, text, type Props } from "../serve/values.ts";
import { previewOf } from "./preview.ts";
import { awaitGone, awaitReady, checkReady, skipsAwait, sleep } from "./await.ts";
import { ApiError, type Client, type ObjectRef } from "./client.ts";
import type { Settings } from "./config.ts";
import { driftedInputs, importedInputs, stateOf } from "./live.ts";
import { idOf, isAutonamed, kindOf, parseId } from "./naming.ts";
import { replaceRule } from "./replace.ts";

/** A configured provider: the cluster and how to treat it. */
export interface Target {
  readonly client: Client;
  readonly settings: Settings;
}

async function refOf({ client }: Target, inputs: Props): Promise<ObjectRef> {
  const { apiVersion, kind } = inputs;
  const { name, namespace } = object(inputs.metadata);
  const named = { apiVersion: text(apiVersion), kind: text(kind), name: text(name) };
  const namespaced = await client.isNamespaced(named.apiVersion, named.kind);
  return namespaced === false ? named : { ...named, namespace: text(namespace) || client.cluster.namespace };
}

const forces = ({ settings }: Target, inputs: Props): boolean =>
  settings.patchForce || at(inputs, "metadata", "annotations", "pulumi.com/patchForce") === "true";

/** A field that somebody else set is a conflict; say how to win it. */
function explain(error: unknown, ref: ObjectRef): Error {
  const message = error instanceof Error ? error.message : String(error);
  const conflict = error instanceof ApiError && error.status === 409 && message.includes("conflict");
  const cure = conflict ? `; to take the field over, set the annotation pulumi.com/patchForce: "true"` : "";
  return error instanceof ApiError
    ? new Error(`${ref.kind} ${idOf(ref.namespace, ref.name)}: ${message}${cure}`)
    : (error as Error);
}

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
const isImmutable = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 422 && /immutable|forbidden: updates to/i.test(error.message);
const isAbsentWebhook = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 500 && error.message.includes("failed calling webhook");

/** Asks the server whether it would accept the object. Tolerates what the same run is about to create. */
async function validate(target: Target, inputs: Props, isNew: boolean): Promise<Props | undefined> {
  const ref = await refOf(target, inputs);
  const options = { force: forces(target, inputs), dryRun: true };
  try {
    return await target.client.apply(inputs, ref, options);
  } catch (error) {
    if (isMissing(error) || isAbsentWebhook(error)) return undefined;
    if (!isNew || !isImmutable(error)) throw explain(error, ref);
    // The old one of a replacement is still there; its name is the only thing in the way.
    const name = `${ref.name}-preview`;
    const renamed = { ...inputs, metadata: { ...object(inputs.metadata), name } };
    await target.client.apply(renamed, { ...ref, name }, options).catch((again: unknown) => {
      throw explain(again, ref);
    });
    return undefined;
  }
}

const createAttempts = 5;

/** Applies a new object, giving its namespace or CRD a moment to appear. */
async function applyNew(target: Target, context: Context, inputs: Props): Promise<{ ref: ObjectRef; live: Props }> {
  for (let attempt = 1; ; attempt++) {
    const ref = await refOf(target, inputs);
    try {
      if (!target.settings.upsert && (await target.client.get(ref)))
        throw new Error(
          `${ref.kind} ${idOf(ref.namespace, ref.name)}: already exists in the cluster; ` +
            `adopt it with \`pulumi import ${context.type} ${context.name} ${idOf(ref.namespace, ref.name)}\` or delete it`,
        );
      return { ref, live: await target.client.apply(inputs, ref, { force: forces(target, inputs) }) };
    } catch (error) {
      if (!isMissing(error) || attempt === createAttempts || context.signal.aborted) throw explain(error, ref);
      context.log.status(`retry ${attempt}: ${(error as Error).message}`);
      await sleep(500 * 2 ** attempt, context.signal);
    }
  }
}

async function settle(target: Target, context: Context, ref: ObjectRef, inputs: Props, applied: Props) {
  const id = idOf(ref.namespace, ref.name);
  const { live, problem } = await awaitReady(target.client, context, ref, plain(inputs), applied);
  const state = stateOf(live, inputs);
  if (problem) throw new PartialFailure(problem, { id, inputs, state });
  return { id, state };
}

export async function createObject(target: Target | undefined, context: Context, inputs: Props) {
  const wanted = plain(inputs);
  if (context.preview) {
    const accepted = target && !hasUnknown(inputs) ? await validate(target, wanted, true) : undefined;
    return { id: "", state: previewOf(accepted ? stateOf(accepted, inputs) : inputs) };
  }
  if (!target) throw new Error("kubernetes:kubeconfig: still unknown, though this is no preview");
  const { ref, live } = await applyNew(target, context, wanted);
  return settle(target, context, ref, inputs, live);
}

export async function updateObject(
  target: Target | undefined,
  context: Context,
  state: Props,
  news: Props,
): Promise<Props> {
  const wanted = plain(news);
  if (context.preview) {
    const live = target && !hasUnknown(news) ? await validate(target, wanted, false) : undefined;
    return live ? stateOf(live, news) : merge(state, news);
  }
  if (!target) throw new Error("kubernetes:kubeconfig: still unknown, though this is no preview");
  const ref = await refOf(target, wanted);
  const live = await target.client.apply(wanted, ref, { force: forces(target, wanted) }).catch((error: unknown) => {
    throw explain(error, ref);
  });
  return (await settle(target, context, ref, news, live)).state;
}

function merge(state: Props, news: Props): Props {
  const both = Object.entries(news).map(([key, value]) => {
    const old = state[key];
    return [key, isObject(old) && isObject(value) ? merge(old, value) : value] as const;
  });
  return { ...state, ...Object.fromEntries(both) };
}

/** The namespace of the id counts, so that writing out the default namespace is no change. */
function withNamespace(inputs: Props, namespace: string | undefined): Props {
  const metadata = inputs.metadata;
  if (!namespace || !isObject(metadata) || metadata.namespace) return inputs;
  return { ...inputs, metadata: { ...metadata, namespace } };
}

export function diffObject(target: Target | undefined, id: string, olds: Props, news: Props): Diff {
  const namespace = parseId(id).namespace;
  const before = withNamespace(plain(olds), namespace);
  const after = withNamespace(plain(news), namespace && (target?.client.cluster.namespace ?? namespace));
  const mutable = target?.settings.mutable ?? { configMaps: false, secrets: false };
  const replaces = replaceRule(text(before.kind), before, after, mutable);
  const detailed = diffInputs(before, after, replaces);
  const identity = (inputs: Props) => [at(inputs, "metadata", "namespace"), at(inputs, "metadata", "name")].join("/");
  // Two objects cannot share a fixed name, so the old one has to go first.
  const deleteBeforeReplace = !isAutonamed(after) && identity(before) === identity(after);
  return { detailed, deleteBeforeReplace };
}

const replaceUnready = "pulumi.com/replaceUnready";

/** The same for an object that asks to be made again when it did not become ready, as only a Job can. */
export async function diffLive(target: Target | undefined, id: string, olds: Props, news: Props): Promise<Diff> {
  const diff = diffObject(target, id, olds, news);
  const inputs = plain(news);
  const asks = text(inputs.kind) === "Job" && at(inputs, "metadata", "annotations", replaceUnready) === "true";
  if (!asks || !target) return diff;
  const ref = { apiVersion: text(inputs.apiVersion), kind: "Job", ...parseId(id) };
  const live = await target.client.get(ref);
  if (live && !(await checkReady(target.client, ref, inputs, live))) return diff;
  return { ...diff, detailed: { ...diff.detailed, [`metadata.annotations["${replaceUnready}"]`]: "update-replace" } };
}

export async function readObject(
  target: Target,
  context: Context,
  id: string,
  inputs: Props | undefined,
  state: Props | undefined,
) {
  const known = plain<Props>(inputs ?? {});
  const ref = { ...kindOf(context.type), ...parseId(id) };
  const live = await target.client.get({ ...ref, apiVersion: text(known.apiVersion) || ref.apiVersion });
  if (!live) return undefined;
  const isImport = !inputs || Object.keys(inputs).length === 0;
  const found = isImport ? importedInputs(live) : driftedInputs(inputs, state ?? {}, live);
  const resource: Resource = { id, inputs: found, state: stateOf(live, found) };
  const problem = isImport ? undefined : await checkReady(target.client, ref, known, live);
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
  if (!skipsAwait(known)) await awaitGone(target.client, context, ref, known);
}
