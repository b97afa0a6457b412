import { createHash } from "node:crypto";
import { parse } from "yaml";
import { diffInputs, type Diff } from "../../serve/diff.ts";
import { PartialFailure } from "../../serve/errors.ts";
import type { Checked, Context, Resource } from "../../serve/provider.ts";
import { at, equal, hasUnknown, keepSecrets, object, plain, text, unknown, type Props } from "../../serve/values.ts";
import { idOf, parseId } from "../naming.ts";
import type { Target } from "../objects.ts";
import { helm } from "./command.ts";
import { applyArguments, normalize, problemsOf, releaseOf, templateArguments, type Release } from "./inputs.ts";
import { Progress } from "./progress.ts";

const neverAborted = new AbortController().signal;
type Named = Pick<Release, "name" | "namespace">;

/** The lines of a document that say what it is. Parsing all of a chart's definitions takes longer than rendering them. */
function identityOf(document: string): Props {
  let wanted = false;
  const lines = document.split("\n").filter((line) => {
    if (/^[^\s#-]/.test(line)) wanted = /^(apiVersion|kind|metadata):/.test(line);
    return wanted;
  });
  return object(parse(lines.join("\n")));
}

/** The rendered objects by kind and a checksum of them, by which a changed chart or value shows. */
export function summarize(manifest: string): { checksum: string; resourceNames: Record<string, string[]> } {
  const resourceNames: Record<string, string[]> = {};
  for (const document of manifest.split(/^---.*$/m)) {
    const { kind, apiVersion, metadata } = identityOf(document);
    if (!kind) continue;
    const { namespace, name } = object(metadata);
    (resourceNames[`${text(kind)}/${text(apiVersion)}`] ??= []).push(idOf(text(namespace), text(name)));
  }
  return { checksum: createHash("sha256").update(manifest).digest("hex"), resourceNames };
}

/** Renders the chart, so that a missing chart, a bad template or values against the schema fail in preview. */
export async function checkRelease(
  target: Target | undefined,
  context: Context,
  olds: Props,
  news: Props,
): Promise<Checked> {
  const failures = problemsOf(news);
  if (failures.length > 0) return { inputs: news, failures };
  if (news.values === unknown || hasUnknown(news.valueYamlFiles)) return { inputs: news };
  const inputs = normalize(context, olds, news, target?.client.cluster.namespace ?? "default");
  if (hasUnknown(inputs)) return { inputs };
  try {
    const options = { source: target?.settings.source ?? {}, signal: neverAborted, values: inputs.values as Props };
    const manifest = await helm(templateArguments(releaseOf(inputs)), options);
    return { inputs: { ...inputs, ...summarize(manifest) } };
  } catch (error) {
    return { inputs, failures: [{ property: "chart", reason: (error as Error).message }] };
  }
}

export function diffRelease(olds: Props, news: Props, state: Props): Diff {
  const { checksum: _unrendered, resourceNames: _names, ...comparable } = olds;
  const before = news.checksum === undefined ? comparable : olds;
  const detailed = diffInputs(before, news, ([key]) => key === "name" || key === "namespace");
  const status = text(at(state, "status", "status"));
  const repair = status && status !== "deployed" && Object.keys(detailed).length === 0;
  return { detailed: repair ? { status: "update" } : detailed };
}

interface Listed {
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
  readonly app_version: string;
}

async function find(target: Target, { name, namespace }: Named): Promise<Listed | undefined> {
  const filter = `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  const args = ["list", "--all", "--namespace", namespace, "--filter", filter, "--output", "json"];
  const found = JSON.parse(await helm(args, { source: target.settings.source, signal: neverAborted })) as Listed[];
  return found[0];
}

function statusOf({ name, namespace, revision, status, chart, app_version }: Listed): Props {
  const [, chartName = chart, version = ""] = /^(.+?)-(v?\d+\.\d+.*)$/.exec(chart) ?? [];
  return { name, namespace, revision: Number(revision), status, chart: chartName, version, appVersion: app_version };
}

/** A helm that was killed leaves the release locked; nothing else may be running, as the stack is locked by us. */
async function recover(target: Target, context: Context, release: Release, found: Listed): Promise<void> {
  const run = (...args: string[]) =>
    helm([...args, "--namespace", release.namespace], { source: target.settings.source, signal: context.signal });
  if (found.status === "pending-install") {
    context.log.warn(`an earlier install of ${release.name} was interrupted; uninstalling it and starting over`);
    await run("uninstall", release.name, "--wait");
    return;
  }
  if (!found.status.startsWith("pending-")) return;
  const history = JSON.parse(await run("history", release.name, "--output", "json")) as {
    revision: number;
    status: string;
  }[];
  const good = history.filter(({ status }) => status === "deployed" || status === "superseded").at(-1)?.revision;
  if (good === undefined)
    throw new Error(`${release.name}: ${found.status}, and no earlier revision to go back to; run helm uninstall`);
  context.log.warn(`an earlier upgrade of ${release.name} was interrupted; rolling back to revision ${good} first`);
  await run("rollback", release.name, String(good));
  return;
}

async function apply(
  target: Target,
  context: Context,
  inputs: Props,
  action: "install" | "upgrade",
): Promise<{ id: string; state: Props }> {
  const release = releaseOf(inputs);
  const id = idOf(release.namespace, release.name);
  const existing = await find(target, release);
  if (existing) await recover(target, context, release, existing);
  const timeout = context.timeoutSeconds || Number(release.timeout ?? 300);
  const progress = new Progress(target.client, context, inputs);
  try {
    const options = { source: target.settings.source, signal: context.signal, values: inputs.values as Props };
    await helm(applyArguments(release, action, timeout), options);
    await progress.stop();
  } catch (error) {
    const findings = await progress.stop();
    const cancelled = context.signal.aborted ? "cancelled: " : "";
    const message = [`Helm release ${id}: ${cancelled}${(error as Error).message}`, ...findings].join("\n  ");
    const left = await find(target, release).catch(() => undefined);
    // Not ours to record if it was there before and this install was refused.
    if (!left || (action === "install" && existing?.revision === left.revision))
      throw new Error(message, { cause: error });
    throw new PartialFailure(message, { id, inputs, state: { ...inputs, status: statusOf(left) } });
  }
  const now = await find(target, release);
  return { id, state: { ...inputs, ...(now ? { status: statusOf(now) } : {}) } };
}

export async function createRelease(target: Target | undefined, context: Context, inputs: Props) {
  if (context.preview) return { id: "", state: inputs };
  if (!target) throw new Error("kubernetes:kubeconfig: still unknown, though this is no preview");
  return apply(target, context, inputs, "install");
}

export async function updateRelease(
  target: Target | undefined,
  context: Context,
  _state: Props,
  news: Props,
): Promise<Props> {
  if (context.preview) return { ...news, status: unknown };
  if (!target) throw new Error("kubernetes:kubeconfig: still unknown, though this is no preview");
  return (await apply(target, context, news, "upgrade")).state;
}

export async function readRelease(
  target: Target,
  _context: Context,
  id: string,
  inputs: Props | undefined,
  state: Props | undefined,
) {
  const { namespace = target.client.cluster.namespace, name } = parseId(id);
  const found = await find(target, { name, namespace });
  if (!found) return undefined;
  const args = ["get", "values", name, "--namespace", namespace, "--output", "json"];
  const live = object(JSON.parse(await helm(args, { source: target.settings.source, signal: neverAborted })));
  const status = statusOf(found);
  const isImport = !inputs || Object.keys(inputs).length === 0;
  const known: Props = isImport
    ? { name, namespace, chart: status.chart, version: status.version, values: live }
    : inputs;
  const values = equal(plain(known.values ?? {}), live) ? known.values : keepSecrets(live, known.values);
  const read: Props = { ...known, values };
  const resource: Resource = { id, inputs: read, state: { ...state, ...read, status } };
  if (found.status !== "deployed" && !isImport)
    throw new PartialFailure(`Helm release ${id}: its status is ${found.status}; the next update repairs it`, resource);
  return resource;
}

export async function deleteRelease(target: Target, context: Context, id: string, inputs: Props): Promise<void> {
  const { namespace = target.client.cluster.namespace, name } = parseId(id);
  const timeout = context.timeoutSeconds || Number(plain(inputs).timeout ?? 300);
  const args = [
    "uninstall",
    name,
    "--namespace",
    namespace,
    "--wait",
    "--timeout",
    `${timeout}s`,
    "--ignore-not-found",
  ];
  await helm(args, { source: target.settings.source, signal: context.signal });
}
