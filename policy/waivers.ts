/** An exception from a rule, for everybody to see. The report on a pull request lists it with its reason. */
export interface Waiver {
  readonly rule: string;
  /** Exactly what is excepted: an image's repository, or a resource as messages name it. */
  readonly subject: string;
  readonly reason: string;
}

/**
 * Repositories and not tags, because the stacks follow the projects' minor releases by tag and each would need an edit here. An image that is
 * ours has no entry and never gets one: it is promoted by digest.
 */
export const waivers: readonly Waiver[] = [
  {
    rule: "run-images-by-digest",
    subject: "ghcr.io/cloudnative-pg/postgresql",
    reason:
      "chosen by minor release, for the security rebuilds; append a digest to acci:postgres.image to drop this entry",
  },
  {
    rule: "run-images-by-digest",
    subject: "ghcr.io/cloudnative-pg/pgbouncer",
    reason:
      "chosen by release, together with the operator's; append a digest to acci:postgres.pooler.image to drop this entry",
  },
  {
    rule: "run-images-by-digest",
    subject: "docker.io/valkey/valkey",
    reason:
      "chosen by minor release, for the security rebuilds; append a digest to acci:redis.image to drop this entry",
  },
  {
    rule: "run-images-by-digest",
    subject: "docker.io/library/redis",
    reason:
      "the embedded platform builds this image itself, from Debian's package: its digest differs from machine to machine",
  },
];

export const isWaived = (rule: string, subject: string): boolean =>
  waivers.some((waiver) => waiver.rule === rule && waiver.subject === subject);
