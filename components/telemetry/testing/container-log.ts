import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The log of a container as containerd and the kubelet write and rotate it. */
export class ContainerLog {
  readonly #file: string;
  #rotations = 0;
  #written = 0;

  constructor(folder: string, namespace: string) {
    const container = path.join(folder, `${namespace}_acci-0_0f6e4a6e-9a53-8f1f-6f2f-3a11c0a9c220`, "acci");
    mkdirSync(container, { recursive: true });
    this.#file = path.join(container, "0.log");
    writeFileSync(this.#file, "");
  }

  get written(): number {
    return this.#written;
  }

  /** Lines with the numbers that follow. */
  write(lines: number, more: object = {}): void {
    const text = Array.from({ length: lines }, () => {
      const line = JSON.stringify({ level: "INFO", message: "counted", number: this.#written++, ...more });
      return `${new Date().toISOString()} stdout F ${line}\n`;
    });
    appendFileSync(this.#file, text.join(""));
  }

  rotate(): void {
    const second = String(this.#rotations++).padStart(2, "0");
    renameSync(this.#file, `${this.#file}.20261128-0800${second}`);
    writeFileSync(this.#file, "");
  }
}
