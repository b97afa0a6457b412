import { BackupError } from "../errors.ts";
import { type StoreSettings } from "./settings.ts";

/** Fields that are read of errors of the SDK and of Node, which have no common type. */
interface Raised {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export const statusOf = (error: unknown) => (error as Raised).$metadata?.httpStatusCode;
export const nameOf = (error: unknown) => (error as Raised).name ?? "";

type Told = readonly [problem: string, cure: string];

const BY_NAME: Record<string, Told> = {
  NoSuchBucket: ["has no such bucket", "create the bucket, or correct the setting bucket"],
  InvalidAccessKeyId: ["does not know the access key", "correct accessKeyId"],
  SignatureDoesNotMatch: ["does not accept the secret key", "correct secretAccessKey"],
  ExpiredToken: ["does not accept the key any more", "renew accessKeyId and secretAccessKey"],
  RequestTimeTooSkewed: ["has another time", "set the clock of this machine"],
  AuthorizationHeaderMalformed: ["does not accept the signature", "correct the setting region"],
  PermanentRedirect: ["has the bucket elsewhere", "correct the settings region and endpoint"],
  TimeoutError: [
    "does not answer in time",
    "look whether it is up, and whether a NetworkPolicy or firewall drops packets",
  ],
  CutOff: ["breaks off", "look at its log, and at the network and the proxies before it"],
  InvalidObjectState: [
    "has put the object into an archive",
    "bring it back from there, and keep dumps out of such rules",
  ],
  InsufficientStorage: ["has a full disk", "give it more space, or keep fewer dumps"],
  AccessDenied: [
    "does not allow this",
    "give the key the permission; without s3:ListBucket, what is missing is denied too",
  ],
  Forbidden: [
    "does not allow this",
    "give the key the permission; without s3:ListBucket, what is missing is denied too",
  ],
};

const TLS: Told = ["has a certificate that is not trusted", "give the certificate of its issuer in ca.crt"];
const UNREACHABLE: Told = ["cannot be reached", "look whether it is up, and correct the setting endpoint"];

const NO_LOCK: Told = ["its bucket cannot lock objects", "create it with object lock, or ask for no lock"];

const BY_CODE: Record<string, Told> = {
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  UNABLE_TO_GET_ISSUER_CERT: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
  CERT_HAS_EXPIRED: ["has an expired certificate", "renew it"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "has a certificate for another name",
    "correct the setting endpoint, or the certificate",
  ],
  EPROTO: ["does not speak TLS here", "write http:// in the setting endpoint if that is meant"],
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EPIPE: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOTFOUND: ["has a name that is not known", "correct the setting endpoint, or look at DNS"],
  EAI_AGAIN: ["has a name that is not known", "correct the setting endpoint, or look at DNS"],
};

/** Describes which store failed at what, why, and what helps. An error that did not come from the store is returned unchanged. */
export function storeFailure(settings: StoreSettings, doing: string, error: unknown): unknown {
  if (error instanceof BackupError) return error;
  const told = explain(error);
  if (!told) return error;
  const { name = "", code, message = "" } = error as Raised;
  const detail = [...new Set([code ?? name, message])].filter((part) => part !== "").join(": ");
  return new BackupError("store", `${placeOf(settings)}: ${told[0]}, ${doing}: ${detail}; ${told[1]}`, {
    cause: error,
  });
}

/** `s3://bucket/prefix at https://host`. */
export function placeOf({ endpoint, bucket, prefix, region }: StoreSettings): string {
  return `s3://${[bucket, prefix].filter((part) => part !== "").join("/")} at ${endpoint ?? `Amazon, ${region}`}`;
}

function explain(error: unknown): Told | undefined {
  const { name = "", code = "", message = "" } = error as Raised;
  const status = statusOf(error);
  const known = BY_NAME[name] ?? BY_CODE[code];
  if (known) return known;
  if (/object ?lock/i.test(message)) return NO_LOCK;
  if (status === 403) return BY_NAME.AccessDenied;
  // A HEAD request has no body with a reason.
  if (status === 404) return BY_NAME.NoSuchBucket;
  if (status !== undefined && status >= 500) return ["failed", "look at its log and its free space"];
  return status === undefined ? undefined : [`answered ${status}`, "look at its log"];
}
