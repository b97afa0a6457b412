import { at, text, type Props, type Value } from "../serve/values.ts";
import { condition, ready, waiting, type Check } from "./readiness.ts";

const annotation = "pulumi.com/waitFor";
export const shape = "use jsonpath={.field}[=value], condition=Type[=Status], or a JSON list of these";

/** The program's own condition for readiness, from the annotation. */
export function waitForOf(inputs: Props): Check | undefined {
  const value = text(at(inputs, "metadata", "annotations", annotation));
  if (!value) return undefined;
  const checks = (value.trimStart().startsWith("[") ? parseList(value) : [value]).map(parseOne);
  return async (live, client, wait) => {
    for (const check of checks) {
      const verdict = await check(live, client, wait);
      if (verdict.state !== "ready") return verdict;
    }
    return ready;
  };
}

function parseList(value: string): string[] {
  const parsed: unknown = JSON.parse(value);
  if (!Array.isArray(parsed)) throw new Error(`${annotation}: not a list, got ${value}; ${shape}`);
  return parsed.map(text);
}

function parseOne(expression: string): Check {
  const [, type = "", rest = ""] = /^(condition|jsonpath)=(.*)$/s.exec(expression) ?? [];
  if (type === "condition") {
    const [name = "", wanted = "True"] = rest.split("=");
    return (live) => {
      const found = condition(live, name);
      const observed = found.observedGeneration ?? at(live, "status", "observedGeneration");
      if (observed !== undefined && Number(observed) < Number(at(live, "metadata", "generation") ?? 0))
        return waiting(`condition ${name} is of an older generation`);
      if (text(found.status).toLowerCase() === wanted.toLowerCase()) return ready;
      const why = text(found.message) || text(found.reason);
      return waiting(`condition ${name} is ${text(found.status) || "not there"}${why ? `: ${why}` : ""}`);
    };
  }
  if (type !== "jsonpath") throw new Error(`${annotation}: not understood, got ${expression}; ${shape}`);
  const [, path = "", wanted] = /^\{?([^}=]+)\}?(?:=(.*))?$/s.exec(rest) ?? [];
  const keys = parsePath(path, expression);
  return (live) => {
    const found: Value = at(live, ...keys);
    const matches = wanted === undefined ? found !== undefined : String(found) === wanted;
    return matches ? ready : waiting(`${path} is ${found === undefined ? "not there" : JSON.stringify(found)}`);
  };
}

/** Parses fields, indexes and quoted keys; filters and wildcards of JSONPath are not supported. */
function parsePath(path: string, expression: string): (string | number)[] {
  const steps = [...path.matchAll(/\.([\w-]+(?:\\\.[\w-]+)*)|\[(\d+)\]|\['([^']+)'\]/g)];
  if (steps.length === 0 || steps.map(([step]) => step).join("") !== path)
    throw new Error(`${annotation}: only plain paths are supported, got ${expression}; ${shape}`);
  return steps.map(([, field, index, key]) =>
    index === undefined ? (field ?? key ?? "").replaceAll("\\.", ".") : Number(index),
  );
}
