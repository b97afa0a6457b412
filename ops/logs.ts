import { show } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** The last lines of every pod of the application, migrations included. Options are kubectl's: `-f`, `--since=10m`, `--previous`. */
export const logs = (site: Site, options: readonly string[]) =>
  show(site, [
    "logs",
    `--selector=app.kubernetes.io/name=${release}`,
    "--all-containers",
    "--prefix",
    "--tail=100",
    "--max-log-requests=50",
    ...options,
  ]);
