import { createHash } from "node:crypto";
import { parseMemory } from "../../kubernetes/quantity.ts";

export interface RedisSizing {
  readonly memoryLimit: string;
  readonly evictionPolicy: string;
  readonly persistent: boolean;
  /** How soon an appended write reaches the disk. */
  readonly appendfsync: "everysec" | "always";
  readonly tls: boolean;
}

/** Leaves a quarter for fragmentation and the rewrite child, or the kernel kills Redis before it evicts. */
export function maxMemoryMiB(memoryLimit: string): number {
  return Math.floor(parseMemory(memoryLimit) * 0.75);
}

/** Where the server's certificate is mounted. */
export const REDIS_TLS = "/etc/acci/redis/tls";

const plainPort = ["port 6379"];
const tlsPort = [
  "port 0",
  "tls-port 6379",
  `tls-cert-file ${REDIS_TLS}/tls.crt`,
  `tls-key-file ${REDIS_TLS}/tls.key`,
  `tls-ca-cert-file ${REDIS_TLS}/ca.crt`,
  // Clients prove who they are by password.
  "tls-auth-clients no",
];

export function redisConf({ appendfsync, memoryLimit, evictionPolicy, persistent, tls }: RedisSizing): string {
  return [
    ...(tls ? tlsPort : plainPort),
    "dir /data",
    "aclfile /etc/acci/redis/acl/users.acl",
    `maxmemory ${maxMemoryMiB(memoryLimit)}mb`,
    `maxmemory-policy ${evictionPolicy}`,
    'save ""',
    `appendonly ${persistent ? "yes" : "no"}`,
    ...(persistent ? [`appendfsync ${appendfsync}`] : []),
    "tcp-keepalive 60",
    "",
  ].join("\n");
}

/** The name of the user that may do nothing but PING: a probe needs no password then, and leaks none. */
export const PROBE_USER = "probe";

/** The name of the user that may empty the cache, and nothing else. */
export const RESTORE_USER = "restore";

/** The name of the user that may ask for figures, and read no key. */
export const EXPORTER_USER = "exporter";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * Users of the cache. Written with the passwords' SHA-256, so the file itself opens nothing. Categories before names, because a server
 * refuses to start on a command it does not know yet, and the connection commands differ between versions.
 */
export function usersAcl(passwords: readonly string[], restorePassword: string, exporterPassword?: string): string {
  const hashes = passwords.map((password) => `#${sha256(password)}`).join(" ");
  const commands = [
    "get",
    "mget",
    "set",
    "setex",
    "psetex",
    "del",
    "unlink",
    "exists",
    "expire",
    "pexpire",
    "ttl",
    "pttl",
  ];
  const counters = ["incr", "incrby", "info"];
  return [
    "user default off",
    `user ${PROBE_USER} on nopass resetkeys resetchannels -@all +ping`,
    // After a restore what is cached is of another database.
    `user ${RESTORE_USER} on #${sha256(restorePassword)} resetkeys resetchannels -@all +flushall`,
    ...(exporterPassword === undefined
      ? []
      : [
          `user ${EXPORTER_USER} on #${sha256(exporterPassword)} resetkeys resetchannels -@all ` +
            "+ping +info +slowlog|len +slowlog|get +latency|latest",
        ]),
    `user acci on ${hashes} resetchannels ~acci:* -@all +@connection -@admin -@dangerous ${allow(commands)} ${allow(counters)}`,
    "",
  ].join("\n");
}

const allow = (commands: readonly string[]): string => commands.map((command) => `+${command}`).join(" ");
