import { rmSync, writeFileSync, existsSync } from "node:fs";
import { run, succeeds } from "./lib/run.ts";

/** What the platform takes from Debian. Each name is a package; bookworm's versions are the ones proven here. */
const packages = [
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
  "runc",
  "socat",
  "tini",
  "util-linux",
];

const installed = (name: string) =>
  run("dpkg-query", ["-W", "-f=${db:Status-Status}", name]).then(
    (status) => status === "installed",
    () => false,
  );

export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(packages.map(installed));
  return packages.filter((_, i) => !found[i]);
}

/** Installs what is missing, starts no service and removes nothing that is there. */
export async function installPackages(missing: readonly string[], log: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const args = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install", ...missing];
  if (!(await succeeds("apt-get", ["-s", ...args], { env, log }))) await run("apt-get", ["update"], { env, log });

  const plan = await run("apt-get", ["-s", ...args], { env, log });
  const removed = [...plan.matchAll(/^Remv (\S+)/gm)].map((match) => match[1]);
  if (removed.length > 0) {
    throw new Error(
      `packages: installing ${missing.join(", ")} would remove ${removed.join(", ")}; ` +
        "use a machine without them, or set ACCI_CONTEXT to deploy to a cluster you already have",
    );
  }
  // Debian starts a service as soon as its package is unpacked, unless this file says no.
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await run("apt-get", args, { env, log });
  } finally {
    if (ours) rmSync(policy);
  }
}
