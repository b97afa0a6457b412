import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dr",
    "restore",
    { dump: "acci-prod-20260101t020000z-1a2b3c", at: "2026-01-01T12:00:00Z" },
    "acci:restore.at: excludes acci:restore.dump; keep the one that chooses the dump",
  ],
  [
    "dr",
    "restore",
    { allowFailed: true },
    "acci:restore.allowFailed: needs acci:restore.dump, got none; a bad dump is never chosen, only named",
  ],
  [
    "prod",
    "backups.offsite",
    { store: { region: "eu-west-1", bucket: "acci-backups" } },
    "acci:backups.offsite.store: must be another place than acci:backups.store, got s3://acci-backups/acci for both; " +
      "name a bucket of another account and region",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
