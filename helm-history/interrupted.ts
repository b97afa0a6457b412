import { setTimeout as sleep } from "node:timers/promises";
import type { HelmHistory, Revision } from "./records.ts";

/** Repair of a pending revision whose helm process has died. Helm itself would wait for it in vain. */
export type Repair =
  /** It was the first: without its record the next install takes over the objects it made. */
  | { readonly kind: "forget"; readonly pending: Revision }
  /**
   * The next upgrade must start from what this one has left in the cluster, and must fall back to the good one should it fail. So the
   * interrupted is deployed, and a copy of the good one comes after it: Helm upgrades from the former and rolls back to the latter.
   */
  | { readonly kind: "resume"; readonly pending: Revision; readonly good: Revision; readonly copyAs: number }
  /** A later one has taken its place, or there never was a good one. */
  | { readonly kind: "fail"; readonly pending: Revision };

const isPending = ({ status }: Revision) => status.startsWith("pending-");

/** The repair to make first, or undefined when no revision is pending. `revisions` are in order. */
export function repairFor(revisions: readonly Revision[]): Repair | undefined {
  const pending = revisions.findLast(isPending);
  if (!pending) return undefined;
  const last = revisions.at(-1)!;
  const deployed = revisions.filter(({ status }) => status === "deployed");
  const good = deployed.filter(({ number }) => number < pending.number).at(-1);
  const isReplaced = deployed.some(({ number }) => number > pending.number);
  if (isReplaced || (!good && revisions.length > 1)) return { kind: "fail", pending };
  if (!good) return { kind: "forget", pending };
  // One that was superseded before it ever was deployed is the copy of a repair that was interrupted itself.
  const isCopied = last.number > pending.number && last.status === "superseded";
  return { kind: "resume", pending, good, copyAs: isCopied ? last.number : last.number + 1 };
}

/** The revisions there are once it is done. */
export function repaired(revisions: readonly Revision[], repair: Repair): Revision[] {
  const others = revisions.filter(({ number }) => number !== repair.pending.number);
  const marked = (revision: Revision, status: string): Revision => ({ ...revision, status });
  const all = {
    forget: () => others,
    fail: () => [...others, marked(repair.pending, "failed")],
    resume: ({ copyAs, good, pending }: Repair & { kind: "resume" }) => [
      ...others.filter(({ number }) => number !== good.number && number !== copyAs),
      marked(good, "superseded"),
      marked(pending, "deployed"),
      { ...good, number: copyAs, status: "superseded" },
    ],
  };
  return (repair.kind === "resume" ? all.resume(repair) : all[repair.kind]()).sort((a, b) => a.number - b.number);
}

async function carryOut(history: HelmHistory, revisions: readonly Revision[], repair: Repair): Promise<void> {
  const { pending } = repair;
  const interrupted = `interrupted as ${pending.status}`;
  if (repair.kind === "forget") return history.forget(pending.number);
  if (repair.kind === "fail") return history.mark(pending.number, "failed", interrupted);
  const { copyAs, good } = repair;
  // In this order, so that a run that is killed between two steps leaves what the next one can go on with.
  if (!revisions.some(({ number }) => number === copyAs))
    await history.repeat(good.number, copyAs, "superseded", `what ${good.number} is, to fall back to`);
  await history.mark(pending.number, "deployed", `${interrupted}; the next update starts from it`);
  await history.mark(good.number, "superseded");
}

/** A helm whose pulumi has died may still be writing for a moment. */
const STOPPING_MS = 10_000;
/** A manual rollback does not hold the stack's lock: it may be alive for as long as `make rollback` waits. */
export const ROLLBACK_MINUTES = 10;
const INTERVAL_MS = 1000;

/**
 * How long a revision must stay unchanged before its helm process counts as dead. The update holds the stack's lock, so no other update is
 * alive.
 */
const patienceFor = ({ createdAt, status }: Revision, stoppingMs: number) =>
  status === "pending-rollback"
    ? Math.max(stoppingMs, createdAt.getTime() + ROLLBACK_MINUTES * 60_000 - Date.now())
    : stoppingMs;

interface Patience {
  readonly stoppingMs?: number;
  readonly intervalMs?: number;
}

/** Clears revisions that dead updates have left pending, saying what it waits for and does; returns the revisions afterwards. */
export async function clearInterrupted(
  history: HelmHistory,
  say: (line: string) => void,
  { intervalMs = INTERVAL_MS, stoppingMs = STOPPING_MS }: Patience = {},
): Promise<Revision[]> {
  for (;;) {
    const revisions = await history.revisions();
    const repair = repairFor(revisions);
    if (!repair) return revisions;
    const { pending } = repair;
    const patience = patienceFor(pending, stoppingMs);
    if (patience > stoppingMs)
      say(
        `a rollback to revision ${pending.number} may be under way; waiting ${Math.ceil(patience / 1000)} s for its end`,
      );
    if (!(await staysFor(history, pending, patience, intervalMs))) continue;
    say(tellOf(repair));
    await carryOut(history, revisions, repair);
  }
}

async function staysFor(history: HelmHistory, { number, status }: Revision, ms: number, intervalMs: number) {
  for (const began = performance.now(); performance.now() - began < ms; await sleep(intervalMs)) {
    const now = (await history.revisions()).find((revision) => revision.number === number);
    if (now?.status !== status) return false;
  }
  return true;
}

function tellOf({ kind, pending }: Repair): string {
  const died = `revision ${pending.number} is ${pending.status}, and whoever made it is gone`;
  const done = {
    forget: "it is installed again, over what is there already",
    fail: "it is marked as failed",
    resume: "the release is upgraded again, from what it has left",
  };
  return `${died}; ${done[kind]}`;
}
