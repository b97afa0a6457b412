/**
 * `node local/env.ts`: prints the shell variables for the platform's tools and cluster. It runs before every command of daily work, so it
 * imports next to nothing. Prints nothing without a platform, or when another cluster is meant.
 */
import { existsSync } from "node:fs";
import { nodeAddress } from "./lib/addresses.ts";
import { inState, kubeconfig } from "./lib/paths.ts";
import { bin } from "../tooling/paths.ts";

if (!process.env.ACCI_CONTEXT && existsSync(kubeconfig)) {
  process.stdout.write(`export KUBECONFIG='${kubeconfig}' PATH="${bin}:$PATH"\n`);
  // No DNS has the names of the stacks' hosts, and their certificates are of an authority of the platform's.
  const roots = inState("acme-roots.pem");
  if (existsSync(roots)) process.stdout.write(`export ROUTE_ADDRESS='${nodeAddress}' NODE_EXTRA_CA_CERTS='${roots}'\n`);
}
