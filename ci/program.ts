import type { Violation } from "./report.ts";

/**
 * Violations of the policy pack by a stack whose program runs under the tests' recorder: no cluster, no registry, no secret. The modules
 * are imported on demand, because the SDKs are large.
 */
export async function judgeOffline(stack: string): Promise<Violation[]> {
  const { subjectsOf } = await import("../policy/testing/recorded.ts");
  const { judge } = await import("../policy/judge.ts");
  return judge(await subjectsOf(stack));
}
