import type { Values } from "../schema.ts";

export function backupRules({ backupIdentity, backups, restore }: Values): string[] {
  const problems: string[] = [];
  if (restore && !backups)
    problems.push(
      "acci:backups: is required with acci:restore, got nothing; say in acci:backups.store where the dumps are",
    );
  if (restore?.dump && restore.at)
    problems.push("acci:restore.at: excludes acci:restore.dump; keep the one that chooses the dump");
  if (restore?.allowFailed && !restore.dump)
    problems.push(
      "acci:restore.allowFailed: needs acci:restore.dump, got none; a bad dump is never chosen, only named",
    );
  if (backups && backups.recipients.length > 0 && !backupIdentity)
    problems.push(
      "acci:backupIdentity: is required with acci:backups.recipients, got nothing; a dump that cannot be read cannot be verified: " +
        "set it to the secret key of one of them with `pulumi config set --secret`",
    );
  if (backups?.offsite && placeOf(backups.offsite.store) === placeOf(backups.store))
    problems.push(
      `acci:backups.offsite.store: must be another place than acci:backups.store, got ${placeOf(backups.store)} for both; ` +
        "name a bucket of another account and region",
    );
  return problems;
}

const placeOf = ({ bucket, endpoint, prefix }: NonNullable<Values["backups"]>["store"]) =>
  `${endpoint ?? "s3:/"}/${bucket}/${prefix}`;
