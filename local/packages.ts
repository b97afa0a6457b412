import { rmSync, writeFileSync, existsSync } from "node:fs";
import { run, succeeds, type RunOptions } from "../tooling/run.ts";
import { download } from "./lib/download.ts";

/** Debian packages of the platform; bookworm's versions are the ones tested here. */
const platformPackages = [
  "buildah",
  "ca-certificates",
  "conntrack",
  "containerd",
  "containernetworking-plugins",
  "docker-registry",
  "etcd-server",
  "gcc",
  "git",
  "iproute2",
  "ipset",
  "iptables",
  "libc6-dev",
  "mmdebstrap",
  "openssl",
  "python3-pip",
  "runc",
  "socat",
  "tini",
  "util-linux",
];

/** Further packages for `make observe`. */
const observePackages = ["prometheus", "prometheus-alertmanager"];
/** And for its page of traces. */
const pagePackages = ["maven", "openjdk-17-jre-headless"];

/**
 * Further packages for `make test`: the application's own tests use a Postgres and a Redis of the machine, the tests of alerts exporters
 * of both, and its arm64 image runs under an emulator.
 */
const testPackages = [
  ...observePackages,
  "postgresql-15",
  "prometheus-postgres-exporter",
  "prometheus-redis-exporter",
  "qemu-user-static",
  "redis-server",
  "shellcheck",
];
const rustPackages = ["cargo-web", "rustc-web"];

const installed = (name: string) =>
  run("dpkg-query", ["-W", "-f=${db:Status-Status}", name]).then(
    (status) => status === "installed",
    () => false,
  );

async function missing(packages: readonly string[]): Promise<string[]> {
  const found = await Promise.all(packages.map(installed));
  return packages.filter((_, i) => !found[i]);
}

export const missingPlatformPackages = () => missing(platformPackages);

export const missingObservePackages = () => missing(observePackages);
export const missingPagePackages = () => missing(pagePackages);

export async function missingTestPackages(): Promise<string[]> {
  const rust = (await succeeds("cargo", ["--version"])) ? [] : rustPackages;
  return missing([...testPackages, ...rust]);
}

/**
 * Updates the package lists. A third party's list may be broken, so a failure is ignored here; the plan of the installation shows whether
 * the needed packages are available.
 */
const updateLists = (options: RunOptions) =>
  download("Debian's package lists", () => run("apt-get", ["--error-on=any", "update"], options)).catch(() => "");

/** Installs packages; starts no service and removes no package. */
export async function installPackages(packages: readonly string[], log: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const args = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install", ...packages];
  if (!(await succeeds("apt-get", ["-s", ...args], { env, log }))) await updateLists({ env, log });

  const plan = await run("apt-get", ["-s", ...args], { env, log });
  const removed = [...plan.matchAll(/^Remv (\S+)/gm)].map((match) => match[1]);
  if (removed.length > 0) {
    throw new Error(
      `packages: installing ${packages.join(", ")} would remove ${removed.join(", ")}; ` +
        "use a machine without them, or set ACCI_CONTEXT to deploy to a cluster you already have",
    );
  }
  await download("packages of Debian", () => run("apt-get", ["--download-only", ...args], { env, log }));
  // Debian starts a service as soon as its package is unpacked, unless this file forbids it.
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await run("apt-get", args, { env, log });
  } finally {
    if (ours) rmSync(policy);
  }
}
