import { execFileSync } from "node:child_process";

/** Makes the folder a disk of its own, in memory and of so many megabytes, that can be full without harm to anyone else. */
export function mountDisk(folder: string, megabytes: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
}

export function unmountDisk(folder: string): void {
  execFileSync("umount", ["--lazy", folder]);
}
