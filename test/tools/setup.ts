import { fetchHelm } from "./helm.ts";
import { isThere, TOOLS } from "./list.ts";

/** Finds out which tools are missing, for the runner to skip what needs them, and says so. Helm is fetched, as most tests of the chart need no more. */
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
