import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/load.ts";
import { buildStack } from "../../stack.ts";
import { isSecret, record, type Recorded, knownOf } from "../recorder.ts";
import { STACKS, type StackName, stackValues } from "../stack-config.ts";

/** A stack as a reviewer sees it. The golden file is for review; the other tests are the proof. */
async function picture(stack: StackName): Promise<string> {
  const config = parseConfig(stack, stackValues(stack));
  const resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  const sorted = resources.map(summary).sort((a, b) => (a.id < b.id ? -1 : 1));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

function summary({ type, name, inputs, opts }: Recorded) {
  const { protect, retainOnDelete } = opts;
  return {
    id: `${type} ${name}`,
    ...(protect ? { protect } : {}),
    ...(retainOnDelete ? { retainOnDelete } : {}),
    inputs: mask(inputs),
  };
}

/** Sorts keys, masks secrets and leaves out the chart's digest and the dashboards, which would change every golden file with every edit of theirs. */
function mask(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (typeof value === "string") return value.replace(/^chart [0-9a-f]{16}$/, "chart [checksum]");
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      if (key === "chart" && isChart(inner)) return [key, inner.path];
      return [key, key.startsWith("acci-") && key.endsWith(".json") ? "[dashboard]" : mask(inner)];
    }),
  );
}

const isChart = (value: unknown): value is { path: string } =>
  typeof value === "object" && value !== null && "checksum" in value;

test.each(STACKS)("%s is the stack that was reviewed", async (stack) => {
  const file = join(import.meta.dirname, "golden", `${stack}.json`);
  const actual = await picture(stack);
  if (process.env["UPDATE_GOLDEN"] === "1" || !existsSync(file)) writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, "utf8"));
});
