import { ANNOTATIONS, UNNAMED } from "../backup/contract/rollout.ts";
import type { HelmHistory } from "./records.ts";

/** The newest revision that deployed a version of the application. */
export async function revisionOf(
  history: Pick<HelmHistory, "name" | "record" | "revisions">,
  version: string,
): Promise<number> {
  const good = (await history.revisions()).filter(({ status }) => status === "deployed" || status === "superseded");
  for (const { number } of good.toReversed()) {
    const { config } = await history.record(number);
    if ((config?.podAnnotations?.[ANNOTATIONS.version] ?? UNNAMED) === version) return number;
  }
  throw new Error(`release ${history.name}: must have a revision of version ${version}, got none; use make rollback`);
}
