import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    const { gid, uid } = postgresUser();
    chownSync(this.folder, uid, gid);
    // Not `ip netns`, which turns /run/netns into a mount for good.
    writeFileSync(this.#network, "");
    run("unshare", `--net=${this.#network}`, "true");
    for (const words of [
      `link add eth0 type veth peer name ${this.name} netns ${process.pid}`,
      `addr add ${this.address}/24 dev eth0`,
      "link set eth0 up",
      "link set lo up",
    ])
      this.#inside("ip", ...words.split(" "));
    run("ip", "addr", "add", `${outside}/24`, "dev", this.name);
    run("ip", "link", "set", this.name, "up");
    const source = `host=${outside} port=${port} user=postgres application_name=${this.name}`;
    this.#postgres("pg_basebackup", "-D", this.#data, "-d", source, "-R", "-c", "fast", "-X", "stream");
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
    this.#postgres("pg_ctl", "-D", this.#data, "-l", `${this.folder}/log`, "-w", "-o", options.join(" "), "start");
  }

  /** Ends at once, as a machine that fails. */
  down(): void {
    const command = ["-u", "postgres", "--", postgresTool("pg_ctl"), "-D", this.#data, "-m", "immediate", "stop"];
    spawnSync("runuser", command);
  }

  stop(): void {
    this.down();
    run("umount", this.#network);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #postgres(tool: string, ...args: string[]): void {
    this.#inside("runuser", "-u", "postgres", "--", postgresTool(tool), ...args);
  }

  #inside(command: string, ...args: string[]): void {
    run("nsenter", `--net=${this.#network}`, command, ...args);
  }

  /** The namespace, as a file that it is mounted on. */
  get #network() {
    return path.join(this.folder, "network");
  }

  get #data() {
    return path.join(this.folder, "data");
  }
}
