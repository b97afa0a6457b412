import { createRequire } from "node:module";
import path from "node:path";
import { project } from "./git.ts";
import type { Violation } from "./report.ts";

interface Recorded {
  subjectsOf(stack: string): Promise<unknown[]>;
}
interface Pack {
  judge(subjects: unknown[]): Violation[];
}

/** What the policy pack says of a stack, whose program runs under the tests' recorder: no cluster, no registry, no secret. */
export async function judgeOffline(stack: string): Promise<Violation[]> {
  const load = createRequire(import.meta.url);
  // The program and the pack are CommonJS without file extensions, as Pulumi runs them; Node alone would not find their imports.
  const { register } = load("ts-node") as { register(options: object): void };
  register({ transpileOnly: true, project: path.join(project, "tsconfig.run.json") });
  const { subjectsOf } = load(path.join(project, "test/policy/recorded.ts")) as Recorded;
  const { judge } = load(path.join(project, "policy/judge.ts")) as Pack;
  return judge(await subjectsOf(stack));
}
