/**
 * `node ci/registry.ts`: logs in to the registry of the application's image with REGISTRY_TOKEN, for builds and look-ups. Without a token,
 * as in a fork's pull request, only public images can be looked up.
 */
import { spawnSync } from "node:child_process";

const { GITHUB_ACTOR: user = "acci", REGISTRY: registry = "ghcr.io", REGISTRY_TOKEN: token } = process.env;
if (!token) {
  console.log(`registry: not logged in to ${registry}, as there is no REGISTRY_TOKEN`);
  process.exit(0);
}
// The token goes through stdin, because every process of the machine can read arguments.
const { error, status } = spawnSync("docker", ["login", registry, "--username", user, "--password-stdin"], {
  input: token,
  stdio: ["pipe", "inherit", "inherit"],
});
if (error) console.error(`registry: docker cannot be run, got ${error.message}; install it`);
process.exitCode = status ?? 1;
