import type { Values } from "../schema.ts";

export function archiveRules({ backups, namespace, platform, postgres: { archive } }: Values): string[] {
  if (!archive) return [];
  const problems: string[] = [];
  const { recover, server = namespace } = archive;
  if (!backups)
    problems.push(
      "acci:backups: is required with acci:postgres.archive, got nothing; say in acci:backups.store where the archive is",
    );
  if (!platform.barmanPlugin)
    problems.push(
      "acci:platform.barmanPlugin: is required with acci:postgres.archive, got nothing; set its mode to install, with a version, or to preinstalled",
    );
  if (recover?.from === server)
    problems.push(
      `acci:postgres.archive.server: must differ from acci:postgres.archive.recover.from, got ${server} for both; ` +
        `give the new database a folder of its own, for example ${server}-2`,
    );
  return problems;
}
