import os from "node:os";
import path from "node:path";

/** Root folder of the repository. */
export const project = path.resolve(import.meta.dirname, "..");

const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");

/** Folder for what is expensive to build and can be rebuilt: tools, container images, build caches. `make clean` keeps it. */
export const cache = process.env.ACCI_CACHE ?? path.join(home, "acci");

export const inCache = (...parts: string[]) => path.join(cache, ...parts);

/** Folder of the programs that `make tools` builds. */
export const bin = inCache("bin");
