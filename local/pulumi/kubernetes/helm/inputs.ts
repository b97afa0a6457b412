import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { rejectUnknownKeys, notImplemented, type Failure } from "../../serve/errors.ts";
import {
  at,
  isSecret,
  list,
  object,
  plain,
  secret,
  signature,
  text,
  type Props,
  type Value,
} from "../../serve/values.ts";
import { isMap, mergeWhere } from "../../../../tooling/maps.ts";

const defaultTimeoutSeconds = 300;

/** Flags for the boolean inputs. */
const flags = {
  both: {
    atomic: "--atomic",
    createNamespace: "--create-namespace",
    dependencyUpdate: "--dependency-update",
    devel: "--devel",
    disableOpenapiValidation: "--disable-openapi-validation",
    disableWebhooks: "--no-hooks",
    renderSubchartNotes: "--render-subchart-notes",
    skipCrds: "--skip-crds",
  },
  upgrade: {
    cleanupOnFail: "--cleanup-on-fail",
    forceUpdate: "--force",
    resetValues: "--reset-values",
    reuseValues: "--reuse-values",
  },
};

const implemented = [
  ...Object.keys(flags.both),
  ...Object.keys(flags.upgrade),
  ...["name", "namespace", "chart", "version", "repositoryOpts", "values", "valueYamlFiles", "allowNullValues"],
  ...["timeout", "skipAwait", "waitForJobs", "maxHistory", "description"],
];
/** Inputs of the official provider that this stand-in does not implement. */
const missing = ["disableCRDHooks", "keyring", "lint", "postrender", "recreatePods", "replace", "verify"];
/** Not inputs: the SDK's marker, and outputs that it also declares as arguments. */
const ignored = ["compat", "manifest", "resourceNames", "checksum", "status"];
const repositoryOptions = ["repo", "caFile", "certFile", "keyFile"];

/** Fields of the official provider's Release with their zero values, because unset fields are recorded too. */
const zero: Props = {
  ...Object.fromEntries(
    [
      ...[...Object.keys(flags.both), ...Object.keys(flags.upgrade), "allowNullValues", "skipAwait", "waitForJobs"],
      ...["disableCRDHooks", "lint", "recreatePods", "replace", "verify"],
    ].map((field) => [field, false]),
  ),
  ...Object.fromEntries(["description", "keyring", "postrender", "version"].map((field) => [field, ""])),
  timeout: 0,
};
const zeroRepository = Object.fromEntries([...repositoryOptions, "password", "username"].map((field) => [field, ""]));

/** Inputs with every field that the official provider records, set or not. */
export const completed = (inputs: Props): Props => ({
  ...zero,
  ...inputs,
  ...(isMap(inputs.repositoryOpts) && !isSecret(inputs.repositoryOpts)
    ? { repositoryOpts: { ...zeroRepository, ...inputs.repositoryOpts } }
    : {}),
});

export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly timeout?: number;
  readonly skipAwait?: boolean;
  readonly waitForJobs?: boolean;
  readonly [input: string]: Value;
}

export const releaseOf = (inputs: Props): Release => plain<Release>(inputs);

/** The inputs as recorded: with a name, defaults and the value files merged in, and without keys that are no input. */
export function normalize(context: { name: string }, olds: Props, news: Props, defaultNamespace: string): Props {
  const kept = Object.fromEntries(
    Object.entries(news).filter(
      ([key, value]) => [...implemented, ...missing].includes(key) && key !== "valueYamlFiles" && value !== undefined,
    ),
  );
  const files = list(news.valueYamlFiles)
    .map(assetText)
    .map((content) => object(parse(content)));
  const values = [...files, object(bare(news.values))].reduce<Props>(mergeValues, {});
  return {
    ...completed(kept),
    name: news.name || olds.name || `${context.name}-${randomBytes(4).toString("hex")}`,
    namespace: news.namespace || defaultNamespace,
    ...(news.skipAwait === true ? {} : { timeout: news.timeout ?? defaultTimeoutSeconds }),
    values: isSecret(news.values) ? secret(values) : values,
  };
}

const bare = (value: Value): Value => (isSecret(value) ? value.value : value);

/** Whether a value is an ordinary map. The engine represents secrets and assets as marked maps, which are replaced as a whole. */
const isOpen = (value: Value): value is Props => isMap(value) && !(signature in value);

/** Merges values. Nulls are kept, because for Helm a null removes a default of the chart. */
export const mergeValues = mergeWhere(isOpen);

function assetText(asset: Value): string {
  const { text: content, path } = plain(asset);
  return typeof content === "string" ? content : readFileSync(text(path), "utf8");
}

/** Inputs that are not implemented here, as failures. Inputs that the official provider does not know are ignored. */
export function problemsOf(inputs: Props): Failure[] {
  const given = plain(inputs);
  const asked = Object.fromEntries(Object.entries(given).filter(([key]) => missing.includes(key)));
  const repository = Object.keys(object(given.repositoryOpts)).filter((key) => !repositoryOptions.includes(key));
  return [
    ...rejectUnknownKeys("kubernetes", asked, []),
    ...repository.map((key) => ({
      property: `repositoryOpts.${key}`,
      reason: `${notImplemented("kubernetes", key).message}, or run helm repo login yourself`,
    })),
    ...(given.chart
      ? []
      : [{ property: "chart", reason: "required; set it to a folder, an archive, a name or an oci:// address" }]),
  ];
}

/** Inputs that neither provider knows, and that have no effect. */
export const strangersOf = (inputs: Props): string[] =>
  Object.keys(inputs).filter((key) => ![...implemented, ...missing, ...ignored].includes(key) && !key.startsWith("__"));

function booleanFlags(release: Release, names: Record<string, string>): string[] {
  return Object.entries(names).flatMap(([input, flag]) => (release[input] === true ? [flag] : []));
}

function chartFlags(release: Release): string[] {
  const repository = object(release.repositoryOpts);
  const valued = {
    "--version": release.version,
    "--repo": repository.repo,
    "--ca-file": repository.caFile,
    "--cert-file": repository.certFile,
    "--key-file": repository.keyFile,
  };
  return Object.entries(valued).flatMap(([flag, value]) => (text(value) ? [flag, text(value)] : []));
}

/** Arguments of `helm show chart`, which prints the chart's own description. */
export const chartArguments = (release: Release): string[] => [
  ...["show", "chart", release.chart],
  ...chartFlags(release),
  ...booleanFlags(release, { devel: flags.both.devel }),
];

/** Arguments of `helm template`, which needs no cluster. */
export function templateArguments(release: Release): string[] {
  const { skipCrds, dependencyUpdate, devel, disableWebhooks } = flags.both;
  return [
    ...["template", release.name, release.chart, "--namespace", release.namespace],
    ...chartFlags(release),
    ...booleanFlags(release, { dependencyUpdate, devel, disableWebhooks }),
    release.skipCrds === true ? skipCrds : "--include-crds",
  ];
}

export function applyArguments(release: Release, action: "install" | "upgrade", timeoutSeconds: number): string[] {
  const awaits = release.skipAwait !== true;
  const history = at(release, "maxHistory");
  return [
    action,
    ...[release.name, release.chart, "--namespace", release.namespace, "--output", "json"],
    ...chartFlags(release),
    ...booleanFlags(release, action === "upgrade" ? { ...flags.both, ...flags.upgrade } : flags.both),
    ...(awaits ? ["--wait"] : []),
    ...(awaits && release.waitForJobs === true ? ["--wait-for-jobs"] : []),
    ...["--timeout", `${release.timeout === 0 ? defaultTimeoutSeconds : timeoutSeconds}s`],
    ...(text(release.description) ? ["--description", text(release.description)] : []),
    ...(action === "upgrade" ? ["--history-max", String(Number(history ?? 0))] : []),
  ];
}
