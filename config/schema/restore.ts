import { WAYS } from "../../backup/contract/shapes.ts";
import { choice, flag, pattern, section, text, wholeNumber } from "./types.ts";

export const restore = section(
  "The failover: the chosen dump, or the archive, becomes the database of this site, once, and the site that was active is shut out.",
  {
    from: choice(
      WAYS,
      "Where the data come from: the verified dump, the WAL archive of the lost site, or the one of both that loses less.",
    ).default("dump"),
    dump: text(
      "Id of the dump; the newest verified one when neither it nor `at` is set.",
      "acci-prod-20260101t020000z-1a2b3c",
    ).optional(),
    at: pattern(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/,
      "a time in UTC, in quotes",
      "The newest verified dump of this time or before; from the archive, what was committed until then.",
      '"2026-01-01T12:00:00Z"',
    ).optional(),
    allowFailed: flag("Whether the dump that `dump` names may be one whose verification failed.").default(false),
    systemIdentifier: pattern(
      /^\d+$/,
      "a number in quotes",
      "The only database system whose dumps, or archive, will do.",
      '"7300000000000000000"',
    ).optional(),
    replace: flag("Whether the database that is here may hold data; it is kept under another name.").default(false),
    evenIfAlive: flag("Whether an active site that is alive is shut out.").default(false),
    timeoutMinutes: wholeNumber(1, 2880, "How long it may take.").default(240),
  },
).optional();
