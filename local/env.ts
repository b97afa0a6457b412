/**
 * `node local/env.ts`: what a shell needs for the platform's tools and its cluster, before every command of daily work; so it loads next to nothing.
 * Says nothing where there is no platform or another cluster is meant.
 */
import { existsSync } from "node:fs";
import { kubeconfig } from "./lib/paths.ts";
import { bin } from "../tooling/paths.ts";

if (!process.env.ACCI_CONTEXT && existsSync(kubeconfig))
  process.stdout.write(`export KUBECONFIG='${kubeconfig}' PATH="${bin}:$PATH"\n`);
