import { isRelease, objectsOf } from "../model/objects.ts";
import type { ResourceRule } from "../model/rule.ts";
import { listAt, type JudgedResource, textAt, UNKNOWN } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";
import { containersOf } from "../model/workloads.ts";

const NAMES =
  /(password|passwd|passphrase|token|api_?key|private_?key|secret_?key|credentials?|dsn|connection_?string)$|^(.*[_.-])?url$/i;
/** Keys whose value is a path or a name, which is no secret. */
const POINTERS = /(_file|path|name|existingsecret)$/i;
const LOGIN_IN_URL = /:\/\/[^:/@\s]*:[^@/\s]+@/;

interface Entry {
  readonly path: string;
  readonly key: string;
  readonly value: unknown;
}

/** Plain values appear in state, previews, logs and `kubectl describe`. A message never quotes the value. */
export const disallowPlainSecrets: ResourceRule = {
  name: "disallow-plain-secrets",
  description: "What is named like a secret, or is a URL with a login, is a secret output or not there.",
  level: "mandatory",
  check: (subject) =>
    [...ofSecret(subject), ...ofConfigMap(subject), ...ofValues(subject), ...ofEnvironments(subject)].map(
      (where) =>
        `${where} must be secret, got a plain text; pass a secret output, in a Secret that is mounted as a file`,
    ),
};

const isSecret = ({ secrets }: JudgedResource, path: string) =>
  secrets.some((secret) => path === secret || path.startsWith(`${secret}.`));

const isPlainText = (value: unknown) => typeof value === "string" && value !== "" && value !== UNKNOWN;
const isTelling = ({ key, value }: Entry) =>
  isPlainText(value) && ((NAMES.test(key) && !POINTERS.test(key)) || LOGIN_IN_URL.test(value as string));

function entries(value: unknown, path: string): Entry[] {
  if (!isMap(value)) return [{ path, key: path.split(".").at(-1)!, value }];
  return Object.entries(value).flatMap(([key, inner]) => entries(inner, `${path}.${key}`));
}

/** Every value of a Secret must be secret, whatever its key. */
const ofSecret = (subject: JudgedResource) =>
  subject.type !== "kubernetes:core/v1:Secret"
    ? []
    : ["data", "stringData"]
        .flatMap((field) => entries(subject.props[field], field))
        .filter(({ path, value }) => isPlainText(value) && !isSecret(subject, path))
        .map(({ path }) => `${subject.name}: ${path}`);

const ofConfigMap = (subject: JudgedResource) =>
  objectsOf(subject)
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ where, manifest }) =>
      entries(manifest["data"], "data")
        .filter((entry) => isTelling(entry) && !isSecret(subject, entry.path))
        .map(({ path }) => `${where}: ${path}`),
    );

const ofValues = (subject: JudgedResource) =>
  !isRelease(subject)
    ? []
    : entries(subject.props["values"], "values")
        .filter((entry) => isTelling(entry) && !isSecret(subject, entry.path))
        .map(({ path }) => `${subject.name}: ${path}`);

/** Environment variables, secret or not: anyone who may read a pod may read its environment. */
const ofEnvironments = (subject: JudgedResource) =>
  containersOf(subject).flatMap(({ where, spec }) =>
    listAt(spec, "env")
      .map((variable) => ({
        path: "",
        key: textAt(variable, "name"),
        value: isMap(variable) ? variable["value"] : "",
      }))
      .filter(isTelling)
      .map(({ key }) => `${where}: env ${key}`),
  );
