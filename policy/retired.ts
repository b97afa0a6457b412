/** A component that must no longer be used. */
export interface Retired {
  readonly name: string;
  readonly why: string;
  readonly instead: string;
  /** Patterns for a chart, with its repository in front. */
  readonly charts: readonly RegExp[];
  /** Patterns for an image's repository. */
  readonly images: readonly RegExp[];
  /** The tags that are retired. @default - all */
  readonly since?: (tag: string) => boolean;
}

const versionOf = (tag: string) => /^v?(\d+)(?:\.(\d+))?/.exec(tag)?.slice(1).map(Number) ?? [];

/** Compares versions; a tag without a number counts as the newest version. */
function isAtLeast(tag: string, wantedMajor: number, wantedMinor: number): boolean {
  const [major = Infinity, minor = Infinity] = versionOf(tag);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

export const retired: readonly Retired[] = [
  {
    name: "the ingress-nginx controller",
    why: "gets no security fixes since its retirement",
    instead: "Traefik, which serves the same Ingresses",
    charts: [/(^|\/)ingress-nginx$/],
    images: [/(^|\/)ingress-nginx\/controller(-chroot)?$/],
  },
  {
    name: "a Bitnami chart or image",
    why: "is frozen in the legacy repository, without security fixes",
    instead: "the project's own image or an operator",
    charts: [/bitnami/],
    images: [/(^|\/)bitnami(legacy|secure)?\//],
  },
  {
    name: "the MinIO server",
    why: "is no longer published as an image by its project",
    instead: "the object store of the cloud, or another S3 server",
    charts: [/(^|\/)minio$/],
    images: [/(^|\/)minio\/minio$/],
  },
  {
    name: "Promtail",
    why: "has reached its end of life",
    instead: "Grafana Alloy or the OpenTelemetry collector",
    charts: [/(^|\/)promtail$/],
    images: [/(^|\/)grafana\/promtail$/],
  },
  {
    name: "Jaeger 1",
    why: "has reached its end of life",
    instead: "jaegertracing/jaeger, version 2",
    charts: [],
    images: [/(^|\/)jaegertracing\/(all-in-one|jaeger-(agent|collector|query|ingester|all-in-one))$/],
  },
  {
    name: "Redis 7.4 or later",
    why: "is under a license that is not open source, or under the AGPL",
    instead: "Valkey",
    charts: [],
    images: [/^((docker\.io\/)?library\/)?redis$/, /(^|\/)redis\/redis-stack(-server)?$/],
    since: (tag) => isAtLeast(tag, 7, 4),
  },
];
