import { isSecret, plain, type Props } from "../serve/values.ts";

/** An instruction with its continued lines. */
const INSTRUCTION = /(?:[^\n]*\\\r?\n)*[^\n]*(?:\n|$)/g;
/** A value that means itself within and without quotes. */
const PLAIN = /^[\w.:/@+-]*$/;

/** The build arguments that are no secret. */
export function openArguments({ buildArgs }: Props): Record<string, string> {
  if (isSecret(buildArgs)) return {};
  const open = Object.entries((buildArgs ?? {}) as Props).filter(([, value]) => !isSecret(value));
  return Object.fromEntries(open.map(([key, value]) => [key, String(plain<unknown>(value))]));
}

/**
 * Writes the arguments of a Dockerfile into its labels and variables. buildah 1.28 finds a layer of an earlier build by the text of an
 * instruction, and so would take the label that was made of another argument.
 */
export function withArguments(dockerfile: string, given: Readonly<Record<string, string>>): string {
  const global = new Map<string, string>();
  let values: Map<string, string> | undefined;
  return dockerfile.replaceAll(INSTRUCTION, (instruction) => {
    if (/^\s*FROM\s/i.test(instruction)) values = new Map();
    const [, name, preset] = /^\s*ARG\s+(\w+)(?:=["']?([^\s"']*))?/i.exec(instruction) ?? [];
    if (name !== undefined) (values ?? global).set(name, given[name] ?? preset ?? global.get(name) ?? "");
    if (!values || !/^\s*(?:LABEL|ENV)\s/i.test(instruction)) return instruction;
    return instruction.replaceAll(/(?<!\\)\$(?:\{(\w+)\}|(\w+))/g, (reference, braced?: string, bare?: string) => {
      const value = values!.get(braced ?? bare!);
      return value !== undefined && PLAIN.test(value) ? value : reference;
    });
  });
}
