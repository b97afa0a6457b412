/**
 * `node ci/registry.ts`: logs in to the registry of the application's image with REGISTRY_TOKEN, for builds and look-ups. Without a
 * token, as in a fork's pull request, only what is public can be looked up.
 */
import { spawnSync } from "node:child_process";

const { GITHUB_ACTOR: user = "acci", REGISTRY: registry = "ghcr.io", REGISTRY_TOKEN: token } = process.env;
if (!token) {
  console.log(`registry: not logged in to ${registry}, as there is no REGISTRY_TOKEN`);
  process.exit(0);
}
// By stdin: arguments can be read by every process of the machine.
const { error, status } = spawnSync("docker", ["login", registry, "--username", user, "--password-stdin"], {
  input: token,
  stdio: ["pipe", "inherit", "inherit"],
});
if (error) console.error(`registry: docker cannot be run, got ${error.message}; install it`);
process.exitCode = status ?? 1;
