import { collector as collectorTool, versions } from "../toolchain/tools.ts";

/** An image with one of the platform's static binaries and nothing else. */
export interface BinaryImage {
  readonly name: string;
  /** Path of the binary in the image. */
  readonly path: string;
  readonly tool: string;
  /** Symbolic links: path to target. */
  readonly links?: Readonly<Record<string, string>>;
  readonly user?: string;
  /** Whether a stack has to ask for it, so that it is built on its first need, its program too. @default false */
  readonly later?: boolean;
}

/** An image built by the Dockerfile in the folder of that name. */
export interface DebianImage {
  readonly name: string;
  readonly folder: string;
  /** Python version of its wheels: its requirements.txt is fetched as wheels, which a build finds in /wheels. @default - no wheels */
  readonly python?: string;
  /** Whether it is used only as a base and not pulled from the registry. @default false */
  readonly localOnly?: boolean;
  /** Platforms to build, in one list. @default - this machine's alone */
  readonly platforms?: readonly string[];
  /** Whether only other stacks than dev run it, so that it is built on their first need. @default false */
  readonly later?: boolean;
}

export const baseImage = "docker.io/library/debian:bookworm-slim";

/** A base of other images, which is not pulled from the registry. */
export const nodeImage = "docker.io/library/node:24-bookworm-slim";
export const npmPackage = "npm@11.21.2";

const certManager = (command: string): BinaryImage => ({
  name: `quay.io/jetstack/cert-manager-${command}:${versions.certManager}`,
  path: `/app/cmd/${command}/${command}`,
  tool: `cert-manager-${command}`,
});

export const collector = `docker.io/otel/opentelemetry-collector-contrib:${versions.collector}`;

export const binaryImages: readonly BinaryImage[] = [
  { name: collector, path: "/otelcol-contrib", tool: collectorTool.name, user: "10001:10001", later: true },
  { name: "registry.k8s.io/pause:3.10", path: "/pause", tool: "pause", user: "65535:65535" },
  { name: "registry.k8s.io/coredns/coredns:v1.13.1", path: "/coredns", tool: "coredns" },
  { name: "registry.k8s.io/metrics-server/metrics-server:v0.8.0", path: "/metrics-server", tool: "metrics-server" },
  {
    name: "docker.io/rancher/local-path-provisioner:v0.0.30",
    path: "/usr/bin/local-path-provisioner",
    tool: "local-path-provisioner",
    user: "0",
  },
  { name: "docker.io/library/traefik:v3.6.12", path: "/usr/local/bin/traefik", tool: "traefik" },
  {
    name: `ghcr.io/cloudnative-pg/cloudnative-pg:${versions.cloudnativePg}`,
    path: "/operator/manager_amd64",
    tool: "cloudnative-pg",
    links: { "/manager": "operator/manager_amd64" },
  },
  {
    name: `ghcr.io/cloudnative-pg/plugin-barman-cloud:${versions.barmanPlugin}`,
    path: "/manager",
    tool: "plugin-barman-cloud",
  },
  ...["controller", "webhook", "cainjector", "acmesolver"].map(certManager),
];

export const pooler = "ghcr.io/cloudnative-pg/pgbouncer:1.24.1";
export const exporter = "docker.io/oliver006/redis_exporter:v1.45.0";
export const sidecar = `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:${versions.barmanPlugin}`;

export const debianImages: readonly DebianImage[] = [
  { name: "docker.io/library/busybox:latest", folder: "busybox" },
  { name: "ghcr.io/cloudnative-pg/postgresql:15", folder: "postgres" },
  { name: pooler, folder: "pgbouncer", later: true },
  { name: exporter, folder: "redis-exporter", later: true },
  { name: sidecar, folder: "barman", python: "3.11", later: true },
  { name: "docker.io/library/redis:7.0", folder: "redis" },
  { name: "docker.io/library/rust:1.95-slim-bookworm", folder: "rust", localOnly: true },
  {
    name: "gcr.io/distroless/cc-debian12:nonroot",
    folder: "distroless",
    localOnly: true,
    platforms: ["linux/amd64", "linux/arm64"],
  },
];
