import os from "node:os";
import path from "node:path";

/** The repository. */
export const project = path.resolve(import.meta.dirname, "..");

const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");

/** What is expensive to make and can be made again: tools, container images, build caches. Survives `make clean`. */
export const cache = process.env.ACCI_CACHE ?? path.join(home, "acci");

export const inCache = (...parts: string[]) => path.join(cache, ...parts);

/** The programs that `make tools` builds. */
export const bin = inCache("bin");
