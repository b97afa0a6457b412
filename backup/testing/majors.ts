import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { foldersOf, majors } from "../../local/toolchain/postgres/majors.ts";

/** What the stacks run, and this machine has. */
export const OWN_MAJOR = 15;

/** Those that dumps of 15 are restored into. */
export const otherMajors = majors.map(({ number }) => number);

function foldersFor(number: number): ReturnType<typeof foldersOf> {
  const major = majors.find((one) => one.number === number);
  if (!major) throw new Error(`Postgres ${number}: must be one of ${otherMajors.join(", ")}`);
  const folders = foldersOf(major);
  if (!existsSync(folders.server))
    throw new Error(`Postgres ${number}: must be in ${folders.server}; get it by node local/platform.ts test-packages`);
  return folders;
}

/** A copy of a server that its own user may look into, other than the cache of whoever runs the tests; answers where its programs are. */
export function copyServer(major: number, folder: string): string {
  const { server } = foldersFor(major);
  try {
    execFileSync("cp", ["--archive", "--link", server, folder], { stdio: "pipe" });
  } catch {
    // Links do not reach another file system.
    execFileSync("cp", ["--archive", server, folder], { stdio: "pipe" });
  }
  return path.join(folder, "bin");
}

/** Runs the work with the tools of a major on the path, as they are in the image of a stack that has that major. */
export async function withTools<T>(major: number, work: () => Promise<T>): Promise<T> {
  const before = process.env.PATH;
  if (major !== OWN_MAJOR) process.env.PATH = `${foldersFor(major).tools}:${before}`;
  try {
    return await work();
  } finally {
    process.env.PATH = before;
  }
}
