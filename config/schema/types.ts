import { z } from "zod";
import {
  CPU_PATTERN,
  formatCpu,
  formatMemory,
  MEMORY_PATTERN,
  parseCpu,
  parseMemory,
} from "../../kubernetes/quantity.ts";

/** What a problem sentence needs to know about a key besides its type. */
export interface Rule {
  readonly description: string;
  /** Completes "must be …". */
  readonly rule: string;
  /** A value that is right, as it is written in YAML. */
  readonly example: string;
}

export const text = (description: string, example: string) =>
  leaf(z.string().min(1), { description, rule: "a text", example });
export const pattern = (regex: RegExp, rule: string, description: string, example: string) =>
  leaf(z.string().regex(regex), { description, rule, example });
export const wholeNumber = (min: number, max: number, description: string) =>
  leaf(z.int().min(min).max(max), { description, rule: `a whole number from ${min} to ${max}`, example: String(min) });
export const ratio = (description: string) =>
  leaf(z.number().min(0).max(1), { description, rule: "a number from 0 to 1", example: "0.1" });
export const percent = (of: string) => wholeNumber(1, 100, `Percentage ${of}.`).default(100);
export const rotations = (description: string) => wholeNumber(0, 1_000_000, description).default(0);
export const flag = (description: string) => leaf(z.boolean(), { description, rule: "true or false", example: "true" });
export const choice = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  leaf(z.enum(values), { description, rule: `one of ${values.join(", ")}`, example: values[0] });
/** A quantity in the words of Kubernetes: what an operator writes back in others looks like a change of it at the next preview. */
export const quantity = (
  regex: RegExp,
  canonical: (text: string) => string,
  rule: string,
  description: string,
  example: string,
) =>
  leaf(
    z
      .string()
      .regex(regex)
      .overwrite((text) => (regex.test(text) ? canonical(text) : text)),
    { description, rule, example },
  );
export const cpu = (description: string) =>
  quantity(CPU_PATTERN, (text) => formatCpu(parseCpu(text)), "a CPU quantity", description, "500m");
export const memory = (description: string) =>
  quantity(
    MEMORY_PATTERN,
    (text) => formatMemory(parseMemory(text)),
    "a quantity in Ki, Mi, Gi or Ti",
    description,
    "512Mi",
  );
export const section = <T extends z.ZodRawShape>(description: string, shape: T) =>
  leaf(z.strictObject(shape), {
    description,
    rule: "a section of keys",
    example: `{${Object.keys(shape).join(", ")}}`,
  });
export const list = <T extends z.ZodType>(item: T, description: string, example: string) =>
  leaf(z.array(item).min(1), { description, rule: "a list with at least one entry", example });
export const map = (description: string, example: string) =>
  leaf(z.record(z.string(), z.string()), { description, rule: "a map of texts", example });

export function leaf<T extends z.ZodType>(type: T, rule: Rule): T {
  return type.meta({ ...rule });
}

const amount = (description: string) =>
  section(description, { cpu: cpu("CPU of one pod."), memory: memory("Memory of one pod.") });
export const resources = (of: string) =>
  section(`What one pod of ${of} gets.`, {
    limits: amount("What it may never exceed."),
    requests: amount("What is set aside for it."),
  });

const IMAGE = /^[a-z0-9]([a-z0-9.:/_-]*[a-z0-9])?(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const imageReference = (description: string, example: string) =>
  pattern(IMAGE, "an image reference", description, example);
export const dnsLabel = (description: string, example: string) =>
  pattern(DNS_LABEL, "a DNS label: lower case letters, digits and hyphens", description, example);

export const cron = (description: string, example: string) =>
  pattern(/^(\S+\s+){4}\S+$/, "a cron expression of five fields", description, `"${example}"`).default(example);
