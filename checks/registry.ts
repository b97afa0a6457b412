/** `node checks/registry.ts`: logs in to the registry of the application's image with REGISTRY_TOKEN, for builds and look-ups. */
import { spawnSync } from "node:child_process";

const { GITHUB_ACTOR: user, REGISTRY = "ghcr.io", REGISTRY_TOKEN: token } = process.env;
if (!token || !user) {
  console.error("registry: GITHUB_ACTOR and REGISTRY_TOKEN: are required, got fewer; run this in a workflow");
  process.exit(2);
}
// By stdin: arguments can be read by every process of the machine.
const { status } = spawnSync("docker", ["login", REGISTRY, "--username", user, "--password-stdin"], {
  input: token,
  stdio: ["pipe", "inherit", "inherit"],
});
process.exitCode = status ?? 1;
