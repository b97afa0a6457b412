import { createRequire } from "node:module";
import path from "node:path";
import { project } from "./git.ts";
import type { Violation, Waiver } from "./report.ts";

interface Recorded {
  subjectsOf(stack: string): Promise<unknown[]>;
}
interface Judge {
  judge(subjects: unknown[]): Violation[];
}

/** The program and the pack are CommonJS without file extensions, as Pulumi runs them; Node alone would not find their imports. */
function load<T>(file: string): T {
  const require = createRequire(import.meta.url);
  const { register } = require("ts-node") as { register(options: object): void };
  register({ transpileOnly: true, project: path.join(project, "tsconfig.run.json") });
  return require(path.join(project, file)) as T;
}

/** What the policy pack says of a stack, whose program runs under the tests' recorder: no cluster, no registry, no secret. */
export async function judgeOffline(stack: string): Promise<Violation[]> {
  const { subjectsOf } = load<Recorded>("test/policy/recorded.ts");
  return load<Judge>("policy/judge.ts").judge(await subjectsOf(stack));
}

export const waivers = (): readonly Waiver[] => load<{ waivers: readonly Waiver[] }>("policy/waivers.ts").waivers;
