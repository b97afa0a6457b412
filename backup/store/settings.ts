import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { SECRET_FILES, STORE_SETTINGS, type StoreSetting } from "../contract/files.ts";
import { BackupError } from "../errors.ts";

export interface StoreSettings {
  /** Address of an S3 server other than Amazon's. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Folder in the bucket, without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Certificates to trust beside those of the system. */
  readonly caFile?: string;
  /** `host/bucket` in place of `bucket.host`. */
  readonly forcePathStyle: boolean;
  /** Longest silence of the store within a request. @default 120 */
  readonly idleSeconds?: number;
}

const REQUIRED = STORE_SETTINGS.required;
const KNOWN: readonly string[] = [...REQUIRED, ...STORE_SETTINGS.optional];
const CA = SECRET_FILES.ca;

/** Reads a folder with one file per setting, as in a mounted Secret. */
export function storeSettings(folder: string): StoreSettings {
  const files = filesOf(folder);
  const text = (name: StoreSetting) =>
    files.includes(name) ? readFileSync(path.join(folder, name), "utf8").trim() : "";
  const problems = [
    ...REQUIRED.filter((name) => text(name) === "").map(
      (name) => `${path.join(folder, name)}: is required, got nothing; put the store's ${name} into this file`,
    ),
    ...files
      .filter((name) => !KNOWN.includes(name))
      .map((name) => `${path.join(folder, name)}: is not a known setting; remove it, known are ${KNOWN.join(", ")}`),
    ...addressProblems(path.join(folder, "endpoint"), text("endpoint")),
    ...switchProblems(path.join(folder, "forcePathStyle"), text("forcePathStyle")),
  ];
  if (problems.length > 0) throw new BackupError("input", problems.join("\n"));

  const endpoint = text("endpoint") || undefined;
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(files.includes(CA) ? { caFile: path.join(folder, CA) } : {}),
    region: text("region"),
    bucket: text("bucket"),
    prefix: text("prefix").replace(/^\/+|\/+$/g, ""),
    accessKeyId: text("accessKeyId"),
    secretAccessKey: text("secretAccessKey"),
    // Amazon requires the bucket in the host name; other servers would need a wildcard certificate for that.
    forcePathStyle: (text("forcePathStyle") || String(endpoint !== undefined)) === "true",
  };
}

/** Leaves out the entries that Kubernetes keeps beside the files of a mounted Secret (`..data`). */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) {
    throw new BackupError(
      "input",
      `${folder}: is not there; mount the store's settings, one file each: ${KNOWN.join(", ")}`,
    );
  }
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}

function addressProblems(file: string, value: string): string[] {
  const protocol = URL.canParse(value) ? new URL(value).protocol : "";
  if (value === "" || ["https:", "http:"].includes(protocol)) return [];
  return [`${file}: must be a URL, got ${JSON.stringify(value)}; write, for example, https://s3.example.com`];
}

function switchProblems(file: string, value: string): string[] {
  if (["", "true", "false"].includes(value)) return [];
  return [`${file}: must be true or false, got ${JSON.stringify(value)}`];
}
