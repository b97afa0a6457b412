import { z } from "zod";
import { keyOf, ruleOf, unwrap } from "./problems.ts";
import { schema } from "./schema.ts";

interface Row {
  readonly key: string;
  readonly description: string;
  readonly allowed: string;
  /** As YAML would have it, "required" or "unset". */
  readonly fallback: string;
}

/** docs/configuration.md: one table per section, from the schema itself. */
export function configurationReference(): string {
  const sections = Object.entries(schema.shape).map(([name, type]) => {
    const inner = unwrap(type);
    const rows = inner instanceof z.ZodObject ? rowsOf([name], inner) : [rowOf([name], type, "required")];
    return [`## acci:${name}`, "", ruleOf(type).description, "", ...table(rows)].join("\n");
  });
  return `${PREFACE}\n${sections.join("\n\n")}\n`;
}

const PREFACE = `# Configuration

Every key of a stack, in \`Pulumi.<stack>.yaml\` or by \`pulumi config set --path\`. A wrong or unknown key stops the program before it
touches anything, with every problem named at once. This page is generated from config/schema.ts by \`npm run docs\`.
`;

/** `required` is what to say of a key without a default: inside an optional section it is required only with it. */
function rowsOf(path: readonly string[], section: z.ZodObject, required = "required"): Row[] {
  return Object.entries(section.shape).flatMap(([name, type]) => {
    const key = [...path, name];
    const inner = unwrap(type as z.ZodType);
    if (!(inner instanceof z.ZodObject)) return [rowOf(key, type as z.ZodType, required)];
    const whole = type instanceof z.ZodOptional || type instanceof z.ZodDefault;
    return rowsOf(key, inner, whole ? `required with \`${name}\`` : required);
  });
}

function rowOf(path: readonly string[], type: z.ZodType, required: string): Row {
  const { description, rule } = ruleOf(type);
  return { key: keyOf(path), description, allowed: rule, fallback: fallbackOf(type, required) };
}

function fallbackOf(type: z.ZodType, required: string): string {
  if (type instanceof z.ZodDefault) return `\`${JSON.stringify(type.def.defaultValue).replace(/^"|"$/g, "")}\``;
  return type instanceof z.ZodOptional ? "unset" : required;
}

function table(rows: readonly Row[]): string[] {
  const lines = rows.map(
    ({ key, description, allowed, fallback }) => `| \`${key}\` | ${description} | ${allowed} | ${fallback} |`,
  );
  return ["| key | meaning | allowed | default |", "| --- | --- | --- | --- |", ...lines];
}
