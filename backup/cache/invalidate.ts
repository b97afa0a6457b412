import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";
import { BackupError } from "../errors.ts";

export interface Cache {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly passwordFile: string;
  /** PEM file with the CA certificates of the server. @default - no TLS */
  readonly caFile?: string;
}

const TIMEOUT_MS = 20_000;

/**
 * Empties the cache, because its content belongs to another database. The protocol is spoken by hand, in four lines, because a client
 * library would be the largest thing in the image for one command.
 */
export async function invalidate({ caFile, host, passwordFile, port, user }: Cache): Promise<void> {
  const password = readFileSync(passwordFile, "utf8").trimEnd();
  const socket = caFile
    ? tls.connect({ host, port, servername: host, ca: readFileSync(caFile), timeout: TIMEOUT_MS })
    : net.connect({ host, port, timeout: TIMEOUT_MS });
  const failed = (reason: string) =>
    new BackupError(
      "database",
      `cache ${host}:${port} as ${user}: must be emptied, got ${reason}; look at its pod and run it again`,
    );
  try {
    socket.write(command("AUTH", user, password) + command("FLUSHALL", "SYNC"));
    let answer = "";
    socket.on("timeout", () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      answer += chunk.toString();
      if (answer.startsWith("-") || answer.includes("\r\n-"))
        throw failed(answer.trim().split("\r\n").at(-1)!.slice(1));
      if (answer === "+OK\r\n+OK\r\n") return;
    }
    throw failed("an early end of the connection");
  } catch (error) {
    throw error instanceof BackupError ? error : failed((error as Error).message);
  } finally {
    socket.destroy();
  }
}

const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
