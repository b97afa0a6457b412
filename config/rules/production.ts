import type { Values } from "../schema.ts";

export function productionRules(stack: string, { application, backups, image, postgres, protect }: Values): string[] {
  const problems: string[] = [];
  if (image.build)
    problems.push(`acci:image.build: must be unset in ${stack}; promote a tested image with acci:image.version`);
  if (image.version === "latest")
    problems.push(
      `acci:image.version: must name one version in ${stack}, got "latest"; set it to the tested tag, for example 1.0.0`,
    );
  if (image.version && !image.publicKey && !image.unsigned)
    problems.push(
      `acci:image.publicKey: is required in ${stack}, got nothing; set it to the public key that releases are signed with, ` +
        "or say that they are not with acci:image.unsigned: true",
    );
  if (!backups)
    problems.push(`acci:backups: is required in ${stack}, got nothing; say in acci:backups.store where dumps are kept`);
  if (application.replicas < 2)
    problems.push(
      `acci:application.replicas: must be at least 2 in ${stack}, got ${application.replicas}; one pod cannot be updated without a gap`,
    );
  if (postgres.instances < 2)
    problems.push(
      `acci:postgres.instances: must be at least 2 in ${stack}, got ${postgres.instances}; one instance has no failover`,
    );
  if (!protect)
    problems.push(`acci:protect: must be true in ${stack}, got false; run \`pulumi config set acci:protect true\``);
  return problems;
}
