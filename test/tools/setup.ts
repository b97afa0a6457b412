import { fetchHelm } from "./helm.ts";
import { isThere, TOOLS } from "./list.ts";

/**
 * Finds the missing tools and reports them; the runner skips the tests that need them. Helm is fetched, because most tests of the chart
 * need no other tool.
 */
export default async function (): Promise<void> {
  if (!isThere("helm")) {
    const fetched = await fetchHelm().catch((error: unknown) => void say((error as Error).message));
    if (fetched !== undefined) process.env["HELM"] = fetched;
  }
  const missing = Object.keys(TOOLS).filter((name) => !isThere(name));
  process.env["ACCI_TESTS_LACK"] = missing.join(" ");
  for (const name of missing) say(`needs ${name}: ${TOOLS[name]!}; what needs it is skipped`);
}

const say = (line: string) => process.stderr.write(`${line}\n`);
