import { object, type Props } from "../../serve/values.ts";
import type { Target } from "../config.ts";
import type { Live } from "./checkpoint.ts";
import { helm } from "./command.ts";
import type { Release } from "./inputs.ts";
import { namesOf } from "./manifest.ts";

type Named = Pick<Release, "name" | "namespace">;
const neverAborted = new AbortController().signal;

interface Listed {
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
  readonly app_version: string;
}

/** The newest revision of a release, whatever its status. */
export async function find(target: Target, { name, namespace }: Named): Promise<Listed | undefined> {
  const filter = `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  const args = ["list", "--all", "--namespace", namespace, "--filter", filter, "--output", "json"];
  const found = JSON.parse(await helm(args, { source: target.settings.source, signal: neverAborted })) as Listed[];
  return found[0];
}

function statusOf({ name, namespace, revision, status, chart, app_version }: Listed): Props {
  const [, chartName = chart, version = ""] = /^(.+?)-(v?\d+\.\d+.*)$/.exec(chart) ?? [];
  return { name, namespace, revision: Number(revision), status, chart: chartName, version, appVersion: app_version };
}

/** A release as Helm has it: status, values and objects. */
export async function lookUp(target: Target, release: Named): Promise<Live | undefined> {
  const get = (what: string, ...format: string[]) =>
    helm(["get", what, release.name, "--namespace", release.namespace, ...format], {
      source: target.settings.source,
      signal: neverAborted,
    });
  const found = await find(target, release);
  if (!found) return undefined;
  const [values, manifest] = await Promise.all([get("values", "--output", "json"), get("manifest")]);
  return { status: statusOf(found), values: object(JSON.parse(values)), resourceNames: namesOf(manifest) };
}
