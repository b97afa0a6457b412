import { z } from "zod";
import { renamedFrom, renamedTo } from "./renamed.ts";
import type { Rule } from "./schema/types.ts";
import { suggest } from "./suggest.ts";

type Path = readonly PropertyKey[];

/** `acci:postgres.instances`, the way an operator writes it. */
export function keyOf(path: Path): string {
  return `acci:${path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? String(part) : `${key}.${String(part)}`;
  }, "")}`;
}

/** Turns what zod found into sentences: `<key>: <what is wrong>, got <value>; <cure>`. `isSecret` values are never shown. */
export function problems(
  schema: z.ZodType,
  error: z.ZodError,
  input: unknown,
  isSecret: (path: Path) => boolean,
): string[] {
  const sentences = error.issues.flatMap((issue) => {
    const show = (path: Path) => (isSecret(path) ? "a secret value" : display(valueAt(input, path)));
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey(schema, [...issue.path, key], show([...issue.path, key])));
    }
    // Who still has the key by its earlier name needs no problem of the new one.
    const before = renamedFrom(issue.path);
    if (before && valueAt(input, before) !== undefined) return [];
    return [wrongValue(schema, issue.path, valueAt(input, issue.path) === undefined ? undefined : show(issue.path))];
  });
  return [...new Set(sentences)];
}

function unknownKey(schema: z.ZodType, path: Path, shown: string): string {
  const now = renamedTo(path);
  if (now) return `${keyOf(path)}: was renamed, use ${keyOf(now.split("."))}`;
  const parent = unwrap(schemaAt(schema, path.slice(0, -1)));
  const known = parent instanceof z.ZodObject ? Object.keys(parent.shape) : [];
  const near = suggest(String(path.at(-1)), known);
  const cure = near
    ? `did you mean ${keyOf([...path.slice(0, -1), near])}?`
    : `remove it; known keys are ${known.join(", ")}`;
  return `${keyOf(path)}: is not a known key, got ${shown}; ${cure}`;
}

function wrongValue(schema: z.ZodType, path: Path, shown: string | undefined): string {
  const { rule, example } = ruleOf(schemaAt(schema, path));
  return shown === undefined
    ? `${keyOf(path)}: is required, got nothing; set it to ${rule}, for example ${example}`
    : `${keyOf(path)}: must be ${rule}, got ${shown}; set it to, for example, ${example}`;
}

/** Rule of the key, through the wrappers of an optional or defaulted one. */
export function ruleOf(schema: z.ZodType): Rule {
  const meta = schema.meta() as Partial<Rule> | undefined;
  if (meta?.rule) return meta as Rule;
  const inner = unwrap(schema);
  if (inner === schema) return { description: "", rule: "a valid value", example: "" };
  return ruleOf(inner);
}

/** The schema below optional, default and prefault. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
      ? (schema.unwrap() as z.ZodType)
      : undefined;
  return wrapped ? unwrap(wrapped) : schema;
}

function schemaAt(schema: z.ZodType, path: Path): z.ZodType {
  return path.reduce<z.ZodType>((current, part) => {
    const inner = unwrap(current);
    if (inner instanceof z.ZodObject) return inner.shape[String(part)] as z.ZodType;
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    return inner;
  }, schema);
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}

function display(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
