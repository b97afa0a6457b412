import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "./helm.ts";
import { CACHE } from "../../lib/tool.ts";

/** Where `make tools` keeps them. */
const FOLDER = process.env["KUBERNETES_SCHEMAS"] ?? join(CACHE, "schemas");

type Schema = Record<string, any>;

/** Every Kubernetes minor there are schemas for, oldest first. */
export function minors(): string[] {
  const files = stored().filter((file) => /^1\.\d+\.json$/.test(file));
  return files.map((file) => file.slice(0, -".json".length)).sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

/** What a Kubernetes of that minor, with the add-ons the chart knows, would refuse in the manifests: an unknown field, too. */
export function validator(minor: string): (manifests: readonly Manifest[]) => string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const builtIn = JSON.parse(readFileSync(join(FOLDER, `${minor}.json`), "utf8")) as { $defs: Record<string, Schema> };
  ajv.addSchema(builtIn, "kubernetes");
  const known = new Map<string, Schema>();
  for (const [name, schema] of Object.entries(builtIn.$defs))
    for (const { group, version, kind } of schema["x-kubernetes-group-version-kind"] ?? [])
      known.set(key(group, version, kind), { $ref: `kubernetes#/$defs/${name}` });
  for (const [name, schema] of addOns()) known.set(name, schema);
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

function* addOns(): Generator<[string, Schema]> {
  for (const file of stored().filter((name) => name.endsWith(".yaml")))
    for (const document of parseAllDocuments(readFileSync(join(FOLDER, file), "utf8"))) {
      const { spec } = document.toJS() as { spec: Schema };
      for (const { name, schema } of spec["versions"])
        yield [key(spec["group"], name, spec["names"].kind), strict(schema.openAPIV3Schema)];
    }
}

/** A cluster would drop unknown fields of an add-on's object without a word. */
function strict(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([name, value]) => [name, closed(name, value)]);
  const result = Object.fromEntries(entries) as Schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] || schema["additionalProperties"] !== undefined;
  return schema["properties"] === undefined || open ? result : { ...result, additionalProperties: false };
}

function closed(name: string, value: any): unknown {
  // Of the object's metadata the definition says no more than that it is one.
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
