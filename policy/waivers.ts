import { ofPresentRules } from "./renamed.ts";

/** An exception from a rule. The report on a pull request lists every waiver with its reason. */
export interface Waiver {
  readonly rule: string;
  /** What exactly is excepted: an image's repository, or a resource by its name in messages. */
  readonly subject: string;
  readonly reason: string;
}

/**
 * Image waivers name repositories, not tags, because the stacks follow the projects' minor releases by tag and each would need an edit
 * here. Our own images never get a waiver: they are promoted by digest.
 */
export const waivers: readonly Waiver[] = ofPresentRules([
  {
    rule: "require-image-digests",
    subject: "ghcr.io/cloudnative-pg/postgresql",
    reason:
      "chosen by minor release, for the security rebuilds; append a digest to acci:postgres.image to drop this entry",
  },
  {
    rule: "require-image-digests",
    subject: "ghcr.io/cloudnative-pg/pgbouncer",
    reason:
      "chosen by release, together with the operator's; append a digest to acci:postgres.pooler.image to drop this entry",
  },
  {
    rule: "require-image-digests",
    subject: "docker.io/valkey/valkey",
    reason:
      "chosen by minor release, for the security rebuilds; append a digest to acci:redis.image to drop this entry",
  },
  {
    rule: "require-image-digests",
    subject: "docker.io/oliver006/redis_exporter",
    reason: "chosen by release; append a digest to acci:redis.exporter.image to drop this entry",
  },
  {
    rule: "require-image-digests",
    subject: "docker.io/library/redis",
    reason:
      "the embedded platform builds this image itself, from Debian's package: its digest differs from machine to machine",
  },
  {
    rule: "require-image-digests",
    subject: "docker.io/otel/opentelemetry-collector-contrib",
    reason: "chosen by release; append a digest to acci:telemetry.collector.image to drop this entry",
  },
  ...["logs", "checkpoints"].map((volume) => ({
    rule: "disallow-host-namespaces",
    subject: `DaemonSet collector, volume ${volume}`,
    reason: "logs of pods are files of the node, and what was read of them must outlive the collector's pod",
  })),
  ...["runAsNonRoot", "runAsUser"].map((field) => ({
    rule: "restrict-pod-security",
    subject: `DaemonSet collector, container collector, ${field}`,
    reason: "logs of pods are files of root; the collector has its number and none of its capabilities",
  })),
]);

export const isWaived = (rule: string, subject: string): boolean =>
  waivers.some((waiver) => waiver.rule === rule && waiver.subject === subject);
