import type { Values } from "../schema.ts";

export function walArchiveRules({ backups, namespace, addons, postgres: { walArchive: archive } }: Values): string[] {
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
