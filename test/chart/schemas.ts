import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Manifest } from "./helm.ts";
import { cache } from "../../tooling/paths.ts";

/** Folder in which `make tools` keeps the schemas. */
const FOLDER = process.env["KUBERNETES_SCHEMAS"] ?? join(cache, "schemas");
/** Folder in which `make tools` keeps the add-ons' definitions, which describe some of a stack's own objects. */
const UPSTREAM = join(cache, "upstream");
const STACK_ADD_ONS = [
  "cert-manager/templates/crds.yaml",
  "manifests/barman-plugin/config/crd/bases/barmancloud.cnpg.io_objectstores.yaml",
  "manifests/cloudnative-pg.yaml",
  "manifests/gateway-api.yaml",
  "manifests/monitoring.yaml",
].map((file) => join(UPSTREAM, file));

type Schema = Record<string, any>;

/** Every Kubernetes minor version with schemas, oldest first. */
export function minors(): string[] {
  const files = stored().filter((file) => /^1\.\d+\.json$/.test(file));
  return files.map((file) => file.slice(0, -".json".length)).sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

/**
 * Validator for the chart's manifests: problems that a Kubernetes of that minor version would find, with the add-ons the chart uses.
 * Unknown fields are problems.
 */
export const validator = (minor: string) =>
  validatorOf(
    minor,
    stored()
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => join(FOLDER, name)),
  );

/** Validator for a stack's own objects. */
export const stackValidator = (minor: string) => validatorOf(minor, STACK_ADD_ONS);

function validatorOf(minor: string, addOnFiles: readonly string[]): (manifests: readonly Manifest[]) => string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const builtIn = JSON.parse(readFileSync(join(FOLDER, `${minor}.json`), "utf8")) as { $defs: Record<string, Schema> };
  ajv.addSchema(builtIn, "kubernetes");
  const known = new Map<string, Schema>();
  for (const [name, schema] of Object.entries(builtIn.$defs))
    for (const { group, version, kind } of schema["x-kubernetes-group-version-kind"] ?? [])
      known.set(key(group, version, kind), { $ref: `kubernetes#/$defs/${name}` });
  for (const [name, schema] of addOns(addOnFiles)) known.set(name, schema);
  const compiled = new Map<string, ValidateFunction>();

  return (manifests) =>
    manifests.flatMap((manifest) => {
      const name = `${manifest["apiVersion"]} ${manifest.kind}`;
      const schema = known.get(name);
      if (schema === undefined) return [`${name} ${manifest.metadata.name}: is not known to Kubernetes ${minor}`];
      const validate = compiled.get(name) ?? ajv.compile(schema);
      compiled.set(name, validate);
      return validate(manifest) ? [] : validate.errors!.map((error) => problem(manifest, error));
    });
}

const key = (group: string, version: string, kind: string) => `${group === "" ? "" : `${group}/`}${version} ${kind}`;

function problem({ kind, metadata }: Manifest, { instancePath, message, params }: ErrorObject): string {
  return `${kind} ${metadata.name}${instancePath}: ${message} ${JSON.stringify(params)}`;
}

function* addOns(files: readonly string[]): Generator<[string, Schema]> {
  for (const file of files)
    for (const text of definitionsIn(file)) {
      const { spec } = parse(text) as { spec: Schema };
      for (const { name, schema } of spec["versions"])
        yield [key(spec["group"], name, spec["names"].kind), strict(schema.openAPIV3Schema)];
    }
}

/** The CustomResourceDefinitions in a file. In a chart's file, template expressions are removed or replaced. */
function definitionsIn(file: string): string[] {
  const lines = read(file)
    .split("\n")
    .filter((line) => !/^\s*\{\{/.test(line));
  return lines
    .map((line) => line.replaceAll(/\{\{.*?\}\}/g, "x"))
    .join("\n")
    .split(/^---.*$/m)
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`schemas: must have ${file}, got nothing; run \`make tools\``);
  }
}

/** A schema that refuses unknown fields. A cluster would silently drop unknown fields of an add-on's object. */
function strict(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([name, value]) => [name, closed(name, value)]);
  const result = Object.fromEntries(entries) as Schema;
  // A pattern in Go's syntax, which JavaScript cannot parse; the cluster checks it.
  if (/^.?\(\?i\)/.test(String(result["pattern"] ?? ""))) delete result["pattern"];
  const open = schema["x-kubernetes-preserve-unknown-fields"] || schema["additionalProperties"] !== undefined;
  return schema["properties"] === undefined || open ? result : { ...result, additionalProperties: false };
}

function closed(name: string, value: any): unknown {
  // `properties` maps field names to schemas, and is no schema itself.
  if (name === "properties")
    return Object.fromEntries(Object.entries(value).map(([field, schema]) => [field, strict(schema as Schema)]));
  return name === "items" || name === "additionalProperties" ? strict(value as Schema) : value;
}

function stored(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    throw new Error(`schemas: must be in ${FOLDER}, got nothing; run \`make tools\``);
  }
}
