import type { Violation } from "./report.ts";

/**
 * What the policy pack says of a stack, whose program runs under the tests' recorder: no cluster, no registry, no secret. Loaded when asked:
 * the SDKs are large.
 */
export async function judgeOffline(stack: string): Promise<Violation[]> {
  const { subjectsOf } = await import("../policy/testing/recorded.ts");
  const { judge } = await import("../policy/judge.ts");
  return judge(await subjectsOf(stack));
}
