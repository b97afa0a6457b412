import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Cache } from "../cache/invalidate.ts";
import { freePort } from "../../tooling/free-port.ts";

/** A real Redis of a test's own, whose user `restore` may empty it and nothing else. */
export class TestRedis {
  readonly cache: Cache;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "acci-redis-"));
  readonly #server: ChildProcess;
  #failure: Error | undefined;

  private constructor(port: number) {
    const passwordFile = path.join(this.#folder, "password");
    writeFileSync(passwordFile, "open sesame\n", { mode: 0o600 });
    const hash = createHash("sha256").update("open sesame").digest("hex");
    const acl = `user default on nopass ~* +@all\nuser restore on #${hash} resetkeys -@all +flushall\n`;
    writeFileSync(path.join(this.#folder, "users.acl"), acl);
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", this.#folder];
    this.#server = spawn("redis-server", [...args, "--aclfile", path.join(this.#folder, "users.acl")], {
      stdio: "ignore",
    });
    this.#server.once("error", (error) => (this.#failure = error));
    this.cache = { host: "127.0.0.1", port, user: "restore", passwordFile };
  }

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort());
    while ((await redis.ask("PING").catch(() => "")) !== "+PONG") {
      if (redis.#failure) throw redis.#failure;
      await new Promise((next) => setTimeout(next, 20));
    }
    return redis;
  }

  /** What the server says to one command of one line. */
  ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.cache.port, "127.0.0.1", () => socket.write(`${command}\r\n`));
      socket.once("error", reject).once("data", (data) => {
        socket.destroy();
        resolve(data.toString().trim());
      });
    });
  }

  stop(): void {
    this.#server.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
