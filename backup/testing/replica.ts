import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { postgresTool, postgresUser } from "./postgres.ts";

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "pipe" });

/** A replica on a host of its own, as far as the network goes: a namespace with an address that a primary sees it by. */
export class TestReplica {
  readonly name: string;
  readonly address: string;
  readonly folder = mkdtempSync(path.join(tmpdir(), "acci-replica-"));
  readonly #settings: readonly string[];

  /** The `number` is of its network, one for each; `primary` must listen everywhere. */
  constructor(number: number, port: number, settings: readonly string[] = []) {
    this.name = `acci-r${number}`;
    this.address = `10.99.${number}.2`;
    this.#settings = settings;
    const outside = `10.99.${number}.1`;
    run("ip", "netns", "add", this.name);
    run("ip", "link", "add", this.name, "type", "veth", "peer", "name", "eth0", "netns", this.name);
    run("ip", "addr", "add", `${outside}/24`, "dev", this.name);
    run("ip", "link", "set", this.name, "up");
    for (const words of [`addr add ${this.address}/24 dev eth0`, "link set eth0 up", "link set lo up"])
      run("ip", "netns", "exec", this.name, "ip", ...words.split(" "));
    const { gid, uid } = postgresUser();
    chownSync(this.folder, uid, gid);
    const source = `host=${outside} port=${port} user=postgres application_name=${this.name}`;
    this.#inside("pg_basebackup", "-D", this.#data, "-d", source, "-R", "-c", "fast", "-X", "stream");
    appendFileSync(path.join(this.#data, "pg_hba.conf"), "host all all all trust\n");
    this.up(port);
  }

  up(port: number): void {
    const options = [
      `-p ${port}`,
      "-c listen_addresses=*",
      `-k ${this.folder}`,
      ...this.#settings.map((one) => `-c ${one}`),
    ];
    this.#inside("pg_ctl", "-D", this.#data, "-l", `${this.folder}/log`, "-w", "-o", options.join(" "), "start");
  }

  /** Ends at once, as a machine that fails. */
  down(): void {
    const command = ["-u", "postgres", "--", postgresTool("pg_ctl"), "-D", this.#data, "-m", "immediate", "stop"];
    spawnSync("runuser", command);
  }

  stop(): void {
    this.down();
    run("ip", "netns", "delete", this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #inside(tool: string, ...args: string[]): void {
    run("ip", "netns", "exec", this.name, "runuser", "-u", "postgres", "--", postgresTool(tool), ...args);
  }

  get #data() {
    return path.join(this.folder, "data");
  }
}
