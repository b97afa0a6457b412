import { randomBytes } from "node:crypto";
import type { Context } from "../serve/provider.ts";
import { at, object, plain, text, type Props } from "../serve/values.ts";
import { sleep } from "./await.ts";
import { fieldManagerOf, parseCheckpoint } from "./checkpoint.ts";
import { ApiError, type ObjectRef } from "./client.ts";
import { managersPatch, takenOver } from "./field-managers.ts";
import { idOf } from "./naming.ts";
import type { Target } from "./config.ts";

export async function refOf({ client }: Target, inputs: Props): Promise<ObjectRef> {
  const { apiVersion, kind } = inputs;
  const { name, namespace } = object(inputs.metadata);
  const named = { apiVersion: text(apiVersion), kind: text(kind), name: text(name) };
  const namespaced = await client.isNamespaced(named.apiVersion, named.kind);
  return namespaced === false ? named : { ...named, namespace: text(namespace) || client.cluster.namespace };
}

const forces = ({ settings }: Target, inputs: Props): boolean =>
  settings.patchForce || at(inputs, "metadata", "annotations", "pulumi.com/patchForce") === "true";

/**
 * The error for a failed call, with its object. For a conflict with another field manager it names the annotation that takes the field
 * over.
 */
export function explain(error: unknown, ref: ObjectRef): Error {
  const message = error instanceof Error ? error.message : String(error);
  const conflict = error instanceof ApiError && error.status === 409 && message.includes("conflict");
  const cure = conflict ? `; to take the field over, set the annotation pulumi.com/patchForce: "true"` : "";
  return error instanceof ApiError
    ? new Error(`${ref.kind} ${idOf(ref.namespace, ref.name)}: ${message}${cure}`)
    : (error as Error);
}

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
const isImmutable = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 422 && error.message.includes("field is immutable");

/** The object as a dry run returns it; undefined when its kind or namespace is yet to be created. */
export async function validateNew(target: Target, inputs: Props): Promise<Props | undefined> {
  const ref = await refOf(target, inputs);
  const apply = (body: Props, to: ObjectRef) =>
    target.client.apply(body, to, { fieldManager: fieldManagerOf(body, {}), force: true, dryRun: true });
  try {
    return await apply(inputs, ref);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!isImmutable(error)) throw explain(error, ref);
    // On a replacement the old object still exists, so the dry run uses another name.
    const name = `${ref.name}${randomBytes(3).toString("hex").slice(0, 5)}`;
    const renamed = { ...inputs, metadata: { ...object(inputs.metadata), name } };
    return apply(renamed, { ...ref, name }).catch((again: unknown) => {
      throw explain(again, ref);
    });
  }
}

const createAttempts = 5;

/** Applies a new object, with retries until its namespace or CRD exists. */
export async function applyNew(
  target: Target,
  context: Context,
  inputs: Props,
): Promise<{ ref: ObjectRef; live: Props }> {
  for (let attempt = 1; ; attempt++) {
    const ref = await refOf(target, inputs);
    try {
      if (!target.settings.upsert && (await target.client.get(ref)))
        throw new Error(
          `${ref.kind} ${idOf(ref.namespace, ref.name)}: already exists in the cluster; ` +
            `adopt it with \`pulumi import ${context.type} ${context.name} ${idOf(ref.namespace, ref.name)}\` or delete it`,
        );
      const options = { fieldManager: fieldManagerOf(inputs, {}), force: forces(target, inputs) };
      return { ref, live: await target.client.apply(inputs, ref, options) };
    } catch (error) {
      if (!isMissing(error) || attempt === createAttempts || context.signal.aborted) throw explain(error, ref);
      context.log.status(`retry ${attempt}: ${(error as Error).message}`);
      await sleep(500 * 2 ** attempt, context.signal);
    }
  }
}

interface Updated {
  readonly ref: ObjectRef;
  readonly live: Props;
  readonly before: Props;
  /** Error of a refused update; `live` is then the unchanged object. */
  readonly refused?: Error;
}

/** Applies the inputs to an existing object. A missing object is not created, because a refresh has to find its loss first. */
export async function update(target: Target, inputs: Props, state: Props, dryRun: boolean): Promise<Updated> {
  const ref = await refOf(target, inputs);
  const { client } = target;
  const found = await client.get(ref);
  if (!found)
    throw new Error(
      `${ref.kind} ${idOf(ref.namespace, ref.name)}: is not in the cluster any more; run \`pulumi refresh\`, and the next update makes it`,
    );
  const manager = fieldManagerOf(inputs, state);
  try {
    const taken = dryRun ? undefined : takenOver(found, manager);
    if (taken) await client.patch(managersPatch(found, taken), ref);
    const options = { fieldManager: manager, force: forces(target, inputs), dryRun };
    const live = await client.apply(inputs, ref, options);
    if (!dryRun) await relinquish(target, ref, inputs, state, manager);
    return { ref, live, before: found };
  } catch (error) {
    const refused = explain(error, ref);
    const now = dryRun || !(error instanceof ApiError) ? undefined : await client.get(ref);
    if (!now) throw refused;
    return { ref, live: now, before: found, refused };
  }
}

/**
 * Releases the fields of an earlier manager with another name; otherwise a field that the program stops setting would stay as that
 * manager's.
 */
async function relinquish(target: Target, ref: ObjectRef, inputs: Props, state: Props, manager: string): Promise<void> {
  const { inputs: olds, fieldManager } = parseCheckpoint(state);
  const old = olds ? fieldManagerOf(olds, state) : fieldManager;
  if (old === undefined || old === manager) return;
  const { apiVersion, kind } = plain(inputs);
  const metadata = { name: ref.name, ...(ref.namespace ? { namespace: ref.namespace } : {}) };
  await target.client.apply({ apiVersion, kind, metadata }, ref, { fieldManager: old });
}
