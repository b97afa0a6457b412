import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { S3Client } from "@aws-sdk/client-s3";
import { BackupError } from "../errors.ts";
import { type StoreClock } from "./clock.ts";
import { type StoreSettings } from "./settings.ts";

/**
 * Requests are retried after failures of the network or the store, never after a refusal. This is safe for conditional writes too: a
 * writer that finds its own change already made takes it for its own.
 */
const ATTEMPTS = 8;
const CONNECT_MS = 5_000;
/** Limit of a whole request: a part of a large object on a slow line, or the completion of an upload. */
const REQUEST_MS = 600_000;
const IDLE_SECONDS = 120;

export function openClient(settings: StoreSettings, clock: StoreClock): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle, idleSeconds = IDLE_SECONDS } = settings;
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: ATTEMPTS,
    // Many stores refuse the checksums that the SDK adds by default, or send wrong ones. Writes are signed with their SHA-256, and reads are
    // checked against the SHA-256 in the manifest or the catalogue.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      throwOnRequestTimeout: true,
      socketTimeout: idleSeconds * 1000,
      httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, ca: trusted(settings.caFile) }),
    },
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      clock.hear((answer.response as { headers?: Record<string, string> }).headers?.date);
      return answer;
    },
    { step: "deserialize", priority: "low", name: "storeClock" },
  );
  return client;
}

/** `ca` replaces Node's root certificates, so they are added. */
function trusted(caFile: string | undefined): string[] | undefined {
  if (caFile === undefined) return undefined;
  try {
    return [...rootCertificates, readFileSync(caFile, "utf8")];
  } catch (error) {
    throw new BackupError("input", `${caFile}: must be a readable file, got ${(error as Error).message}`);
  }
}
