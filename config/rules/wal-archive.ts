import type { Values } from "../schema.ts";

export const walArchiveRules = (values: Values): string[] => [...archiveRules(values), ...recoveryRules(values)];

function archiveRules({ backups, namespace, addons, postgres: { walArchive: archive } }: Values): string[] {
  if (!archive) return [];
  const problems: string[] = [];
  const { recover, server = namespace } = archive;
  if (!backups)
    problems.push(
      "acci:backups: is required with acci:postgres.walArchive, got nothing; say in acci:backups.store where the archive is",
    );
  if (!addons.barmanPlugin)
    problems.push(
      "acci:addons.barmanPlugin: is required with acci:postgres.walArchive, got nothing; set its mode to install, with a version, or to preinstalled",
    );
  if (recover?.from === server)
    problems.push(
      `acci:postgres.walArchive.server: must differ from acci:postgres.walArchive.recover.from, got ${server} for both; ` +
        `give the new database a folder of its own, for example ${server}-2`,
    );
  return problems;
}

/** A site that fails over by archive begins one of its own, whose folder is named after the epoch. */
function recoveryRules({ postgres: { walArchive: archive }, restore, storeKeys }: Values): string[] {
  if (!restore || restore.from === "dump") return [];
  const problems: string[] = [];
  const { dump, from } = restore;
  if (!archive)
    problems.push(
      `acci:postgres.walArchive: is required with acci:restore.from: ${from}, got nothing; set it as the lost site has it`,
    );
  if (!storeKeys)
    problems.push(
      `acci:storeKeys: is required with acci:restore.from: ${from}, got nothing; the archive is looked at before the database is made`,
    );
  for (const key of ["server", "recover"] as const)
    if (archive?.[key])
      problems.push(
        `acci:postgres.walArchive.${key}: must be unset with acci:restore.from: ${from}; the failover chooses it, by its epoch`,
      );
  if (dump)
    problems.push(
      `acci:restore.dump: must be unset with acci:restore.from: ${from}, got ${dump}; remove it, or set acci:restore.from to dump`,
    );
  return problems;
}
