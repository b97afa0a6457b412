import { z } from "zod";
import { BackupError } from "../errors.ts";

/** What `backup.info` says of a base backup that is done. */
const infoSchema = z.object({
  systemid: z.string().regex(/^\d+$/),
  timeline: z.coerce.number().int().positive(),
  version: z.coerce.number().int(),
  begin_wal: z.string().regex(/^[0-9A-F]{24}$/),
  end_wal: z.string().regex(/^[0-9A-F]{24}$/),
  end_time: z.string(),
  xlog_segment_size: z.coerce.number().int().positive(),
});

export interface BaseBackup {
  readonly id: string;
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** `server_version_num`, for example 150014. */
  readonly serverNumber: number;
  /** Names of the first and the last segment without which it cannot be recovered. */
  readonly beginWal: string;
  readonly endWal: string;
  readonly endedAt: Date;
  readonly segmentBytes: number;
}

/** Reads a `backup.info`: one `key=value` a line. Undefined for a base backup that is not done: it was interrupted, or has failed. */
export function readBackupInfo(id: string, text: string): BaseBackup | undefined {
  const values = Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  ) as Record<string, string>;
  if (values["status"] !== "DONE") return undefined;
  const { data, error } = infoSchema.safeParse(values);
  const endedAt = new Date(data?.end_time.replace(" ", "T") ?? "");
  if (!data || Number.isNaN(endedAt.getTime()))
    throw new BackupError(
      "verification",
      `base backup ${id}: must say where it begins and ends, got ${error?.issues.map(({ path }) => path.join(".")).join(", ") ?? "no time of its end"} missing or malformed`,
    );
  return {
    id,
    systemIdentifier: data.systemid,
    timeline: data.timeline,
    serverNumber: data.version,
    beginWal: data.begin_wal,
    endWal: data.end_wal,
    endedAt,
    segmentBytes: data.xlog_segment_size,
  };
}
