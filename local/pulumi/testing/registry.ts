import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A real registry for one test, empty at first. */
export class TestRegistry {
  readonly address: string;
  private readonly folder: string;
  private readonly process: ChildProcess;
  private failure?: Error;

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), "acci-registry-"));
    const config = {
      version: 0.1,
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: this.folder }, delete: { enabled: true } },
      http: { addr: this.address },
    };
    const file = join(this.folder, "registry.json");
    writeFileSync(file, JSON.stringify(config));
    this.process = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
    this.process.once("error", (error) => (this.failure = error));
  }

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry(await freePort());
    for (let attempt = 0; attempt < 100 && !registry.failure; attempt++) {
      const answers = await fetch(`http://${registry.address}/v2/`).then(
        (response) => response.ok,
        () => false,
      );
      if (answers) return registry;
      await new Promise((next) => setTimeout(next, 100));
    }
    registry.stop();
    if (registry.failure)
      throw new Error(`docker-registry: cannot be run (${registry.failure.message}); install Debian's docker-registry`);
    throw new Error(`registry ${registry.address}: does not answer; is docker-registry installed?`);
  }

  stop(): void {
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
