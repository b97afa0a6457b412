import { rmSync } from "node:fs";
import net from "node:net";
import { TestRedis } from "../../../backup/testing/redis.ts";
import { freePort } from "../../../tooling/free-port.ts";
import type { Processes } from "./processes.ts";

/** Clients that the cache below may have; one of them is its exporter. */
const MOST_CLIENTS = 4;

/** A cache that is too small, has lost its volume and refuses clients. */
export class PoorCache {
  readonly #redis: TestRedis;
  readonly #idle: net.Socket[] = [];
  #written = 0;

  private constructor(redis: TestRedis) {
    this.#redis = redis;
  }

  static async start(): Promise<PoorCache> {
    const cache = new PoorCache(await TestRedis.start());
    await cache.#ask("CONFIG SET maxmemory 3mb");
    await cache.#ask("CONFIG SET maxmemory-policy allkeys-lru");
    await cache.#ask("CONFIG SET appendonly yes");
    await cache.#ask(`CONFIG SET maxclients ${MOST_CLIENTS}`);
    return cache;
  }

  /** Its exporter's port. */
  async exported(processes: Processes): Promise<number> {
    return exportCache(processes, "cache", this.#redis.cache.port);
  }

  /** Takes its volume away: the next rewrite of its append-only file finds none. */
  async loseVolume(): Promise<void> {
    const [, folder] = /\$\d+\r\n(\/.*)/.exec(await this.#ask("CONFIG GET dir"))!;
    rmSync(folder!, { recursive: true });
    // It says that it cannot, which is what its exporter is to tell.
    await this.#redis.ask("BGREWRITEAOF");
  }

  /** Writes more than it can hold, and then asks with more clients than it takes. */
  async overload(): Promise<void> {
    const value = "string.rep('x', 400)";
    for (let round = 0; round < 20; round++) {
      const first = (this.#written += 500);
      await this.#ask(`EVAL "for i = ${first}, ${first + 499} do redis.call('SET', 'key' .. i, ${value}) end" 0`);
    }
    const clients = Array.from({ length: 2 * MOST_CLIENTS }, () => this.#connect());
    await Promise.all(clients);
    for (const socket of this.#idle.splice(0)) socket.destroy();
  }

  stop(): void {
    this.#redis.stop();
  }

  async #ask(command: string): Promise<string> {
    const answer = await this.#redis.ask(command);
    if (answer.startsWith("-") && !answer.includes("max number of clients")) throw new Error(`${command}: ${answer}`);
    return answer;
  }

  #connect(): Promise<void> {
    return new Promise((resolve) => {
      const socket = net.connect(this.#redis.cache.port, "127.0.0.1", resolve);
      socket.once("error", () => resolve());
      this.#idle.push(socket);
    });
  }
}

/** An exporter of a cache at that port. Answers its own. */
export async function exportCache(processes: Processes, name: string, of: number): Promise<number> {
  const port = await freePort();
  const args = [`--redis.addr=redis://127.0.0.1:${of}`, `--web.listen-address=127.0.0.1:${port}`];
  await processes.start(`exporter-${name}`, "prometheus-redis-exporter", args, `http://127.0.0.1:${port}/`);
  return port;
}
