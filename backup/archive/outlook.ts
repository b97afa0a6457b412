import type { Entry } from "../catalogue/schema.ts";
import type { ArchiveOutlook } from "../contract/shapes.ts";
import type { Archive } from "./archive.ts";
import { chainFrom } from "./chain.ts";

/** Silence of the archive of a site that was alive, after which the archive counts as stopped: many times the longest wait for a segment. */
const STOPPED_SECONDS = 900;

interface Asked {
  /** Epoch of the failover. */
  readonly epoch: number;
  /** The newest verified dump, which the archive must agree with and reach beyond. */
  readonly dump: Pick<Entry, "id" | "snapshotAt" | "systemIdentifier">;
  /** The last heartbeat of the site that is lost. @default - it never gave one */
  readonly lastBeat?: Date | undefined;
  /** The moment to recover. @default - the end of the archive */
  readonly at?: Date | undefined;
}

/** What a recovery from the archive would bring back, or why it cannot be relied on. */
export function outlookOf(archive: Archive, asked: Asked): ArchiveOutlook {
  const { server } = archive;
  const { at, dump, epoch, lastBeat } = asked;
  const system = archive.backups.find(({ systemIdentifier }) => systemIdentifier !== dump.systemIdentifier);
  if (system)
    return broken(
      server,
      `must be of system ${dump.systemIdentifier}, as ${dump.id} is, got ${system.systemIdentifier}`,
    );
  const candidates = archive.backups.filter(({ endedAt }) => at === undefined || endedAt <= at);
  if (candidates.length === 0) return broken(server, `must have a base backup${noneOf(archive, at)}`);

  const chains = candidates.map((backup) => ({ backup, ...chainFrom(backup, archive) }));
  const sound = chains.find((chain) => chain.broken === undefined);
  if (!sound)
    return broken(server, `must have all WAL since base backup ${chains[0]!.backup.id}, but ${chains[0]!.broken}`);
  const end = archive.segments.get(sound.last!)!;
  if (at !== undefined && end < at)
    return broken(server, `must reach to ${at.toISOString()}, got ${sound.last} of ${end.toISOString()} as its end`);
  if (at === undefined && end < new Date(dump.snapshotAt))
    return broken(server, `must reach beyond ${dump.id} of ${dump.snapshotAt}, got ${end.toISOString()} as its end`);
  if (at === undefined && lastBeat && secondsFrom(end, lastBeat) > STOPPED_SECONDS)
    return broken(
      server,
      `must have been written until the end, got ${end.toISOString()} as its end, ` +
        `${Math.round(secondsFrom(end, lastBeat) / 60)} min before the last heartbeat of the site`,
    );
  const { id, systemIdentifier } = sound.backup;
  const reachesTo = (at ?? end).toISOString();
  const moment = at ? { at: reachesTo } : {};
  return {
    server,
    recovery: { epoch, server, backup: id, systemIdentifier, segment: sound.last!, ...moment, reachesTo },
  };
}

const secondsFrom = (earlier: Date, later: Date) => (later.getTime() - earlier.getTime()) / 1000;

const broken = (server: string, problem: string): ArchiveOutlook => ({
  server,
  problem: `archive ${server}: ${problem}`,
});

function noneOf({ backups, unusable }: Archive, at: Date | undefined): string {
  if (at && backups.length > 0) {
    const oldest = backups.at(-1)!;
    return ` from before ${at.toISOString()}, got ${oldest.id} of ${oldest.endedAt.toISOString()} as the oldest`;
  }
  return unusable.length > 0 ? ` that is done and has its files, got only ${unusable.join(", ")}` : ", got WAL alone";
}
