/** `cosign` and `crane` on this platform: every image name is resolved in the platform's registry, as for pods. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { bin } from "../../tooling/paths.ts";
import { mapped } from "./mapped.ts";

const [tool = "", ...args] = process.argv.slice(2);
const { error, status } = spawnSync(path.join(bin, tool), mapped(args, process.env.ACCI_REGISTRY), {
  stdio: "inherit",
});
if (error) console.error(`${tool}: ${error.message}; run \`make tools\``);
process.exit(status ?? 127);
