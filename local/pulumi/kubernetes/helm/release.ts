import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PartialFailure } from "../../serve/errors.ts";
import type { Checked, Context, Resource } from "../../serve/provider.ts";
import { equal, hasUnknown, object, plain, text, unknown, type Props } from "../../serve/values.ts";
import { idOf, parseId } from "../naming.ts";
import type { Target } from "../config.ts";
import { checkpointRelease, previewRelease, recordedInputs } from "./checkpoint.ts";
import { helm } from "./command.ts";
import {
  applyArguments,
  chartArguments,
  completed,
  normalize,
  problemsOf,
  releaseOf,
  strangersOf,
  templateArguments,
} from "./inputs.ts";
import { lookUp } from "./look-up.ts";
import { namesOf } from "./manifest.ts";
import { Progress } from "./progress.ts";

const neverAborted = new AbortController().signal;
const unconfigured = (): Error => new Error("kubernetes:kubeconfig: still unknown, though this is no preview");

/** Names of the objects that the last check rendered, by release, so that they can be looked at while Helm waits. */
const rendered = new Map<string, Record<string, string[]>>();

/** Version in the chart, which is recorded whatever version the program names. */
async function versionOf(target: Target | undefined, inputs: Props, olds: Props): Promise<string> {
  const release = releaseOf(inputs);
  try {
    const file = readFileSync(join(release.chart, "Chart.yaml"), "utf8");
    return text(object(parse(file)).version);
  } catch {
    const before = plain(olds);
    const same = before.chart === release.chart && equal(before.repositoryOpts, release.repositoryOpts);
    const wanted = text(release.version);
    if (same && text(before.version) && (!wanted || wanted === before.version)) return text(before.version);
    const options = { source: target?.settings.source ?? {}, signal: neverAborted };
    return text(object(parse(await helm(chartArguments(release), options))).version);
  }
}

/**
 * Fills in names, defaults and the chart's version, as the official provider does. A changed release is rendered too, which the official
 * provider leaves to the update: so a broken template, or values that break the schema, fail in the preview.
 */
export async function checkRelease(
  target: Target | undefined,
  context: Context,
  olds: Props,
  news: Props,
): Promise<Checked> {
  const failures = problemsOf(news);
  if (failures.length > 0) return { inputs: news, failures };
  for (const key of strangersOf(news)) context.log.warn(`${key}: is not an input of a Release, and is not heeded`);
  if (news.values === unknown || hasUnknown(news.valueYamlFiles)) return { inputs: news };
  const named = normalize(context, olds, news, target?.client.cluster.namespace ?? "default");
  if (hasUnknown(named)) return { inputs: named };
  try {
    const inputs: Props = { ...named, version: await versionOf(target, named, olds) };
    const { checksum: _checksum, resourceNames: _names, ...before } = completed(plain(olds));
    if (equal(before, plain(inputs))) return { inputs };
    const options = { source: target?.settings.source ?? {}, signal: neverAborted, values: inputs.values as Props };
    rendered.set(context.urn, namesOf(await helm(templateArguments(releaseOf(inputs)), options)));
    return { inputs };
  } catch (error) {
    return { inputs: named, failures: [{ property: "chart", reason: (error as Error).message }] };
  }
}

/** Helm's messages for a failure before any change of the release. */
const untouched =
  /cannot re-use a name|has no deployed releases|another operation \(.*\) is in progress|release: not found/;

async function apply(
  target: Target,
  context: Context,
  inputs: Props,
  state: Props,
  action: "install" | "upgrade",
): Promise<{ id: string; state: Props }> {
  const release = releaseOf(inputs);
  const id = idOf(release.namespace, release.name);
  const timeout = context.timeoutSeconds || Number(release.timeout ?? 300);
  const resourceNames = rendered.get(context.urn) ?? object(plain(state.resourceNames));
  const progress = new Progress(target.client, context, { ...release, resourceNames });
  try {
    const options = { source: target.settings.source, signal: context.signal, values: inputs.values as Props };
    await helm(applyArguments(release, action, timeout), options);
    await progress.stop();
  } catch (error) {
    const findings = await progress.stop();
    const cancelled = context.signal.aborted ? "cancelled: " : "";
    const said = (error as Error).message;
    const message = [`Helm release ${id}: ${cancelled}${said}`, ...findings].join("\n  ");
    const left = untouched.test(said) ? undefined : await lookUp(target, release).catch(() => undefined);
    if (!left) throw new Error(message, { cause: error });
    throw new PartialFailure(message, { id, inputs, state: checkpointRelease(inputs, state, left) });
  }
  const live = await lookUp(target, release);
  if (!live)
    throw new Error(`Helm release ${id}: is gone, though helm ${action} said that it is there; run \`pulumi refresh\``);
  return { id, state: checkpointRelease(inputs, state, live) };
}

export async function createRelease(target: Target | undefined, context: Context, inputs: Props) {
  if (context.preview) return { id: "", state: previewRelease(inputs) };
  if (!target) throw unconfigured();
  return apply(target, context, inputs, {}, "install");
}

export async function updateRelease(
  target: Target | undefined,
  context: Context,
  state: Props,
  news: Props,
): Promise<Props> {
  if (context.preview) return previewRelease(news);
  if (!target) throw unconfigured();
  return (await apply(target, context, news, state, "upgrade")).state;
}

export async function readRelease(
  target: Target,
  _context: Context,
  id: string,
  inputs: Props | undefined,
  state: Props | undefined,
): Promise<Resource | undefined> {
  const { namespace = target.client.cluster.namespace, name } = parseId(id);
  const live = await lookUp(target, { name, namespace });
  if (!live) return undefined;
  const isImport = !inputs || Object.keys(inputs).length === 0;
  const { chart, version } = live.status;
  const known: Props = isImport
    ? completed({ name, namespace, chart, version, values: live.values })
    : withoutOutputs(completed(recordedInputs(state, { ...inputs, version })));
  return { id, inputs: known, state: checkpointRelease(known, state ?? {}, live) };
}

/** Removes outputs that an older stand-in recorded among the inputs. */
function withoutOutputs({ checksum: _checksum, resourceNames: _names, ...inputs }: Props): Props {
  return inputs;
}

export async function deleteRelease(target: Target, context: Context, id: string, inputs: Props): Promise<void> {
  const { namespace = target.client.cluster.namespace, name } = parseId(id);
  const timeout = context.timeoutSeconds || Number(plain(inputs).timeout || 300);
  const args = ["uninstall", name, "--namespace", namespace, "--wait", "--timeout", `${timeout}s`];
  await helm(args, { source: target.settings.source, signal: context.signal });
}
