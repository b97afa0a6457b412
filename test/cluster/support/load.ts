import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { bin } from "../../../tooling/paths.ts";
import { run } from "../../../tooling/run.ts";
import { acmeRoots } from "../../../local/stack/route.ts";
import { asTenant, dev, type Site, tenant } from "./site.ts";

const vegeta = path.join(bin, "vegeta");

/** Kinds of connections, which fail differently when a pod goes away, with their requests per second. */
const shapes = {
  "one HTTP/2 connection": { rate: 100, flags: [] },
  "kept HTTP/1.1 connections": { rate: 60, flags: ["-http2=false"] },
  "a new connection each": { rate: 40, flags: ["-http2=false", "-keepalive=false"] },
};

export interface Report {
  readonly requests: number;
  readonly failed: number;
  /** The different errors, and the status codes with their counts. */
  readonly problems: readonly string[];
  readonly p99Milliseconds: number;
}

interface Vegeta {
  readonly requests: number;
  readonly status_codes: Readonly<Record<string, number>>;
  readonly errors: readonly string[] | null;
  readonly latencies: { readonly "99th": number };
}

/** Requests from outside at a constant rate, however long the answers take, with the certificate verified. */
export class Load {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "acci-load-"));
  private readonly attacks: ChildProcess[] = [];

  private readonly site: Site;
  private readonly share: number;

  private constructor(site: Site, share: number) {
    this.site = site;
    this.share = share;
  }

  /** Starts the load, multiplied by `share` for a site with fewer resources. */
  static async start(site = dev, share = 1): Promise<Load> {
    const load = new Load(site, share);
    await load.begin();
    return load;
  }

  /** Ends the load and counts. A status other than 200 or 201, or no answer in time, is a failed request. */
  async stop(): Promise<Report> {
    await Promise.all(this.attacks.map((attack) => (attack.kill("SIGINT"), once(attack, "exit"))));
    const files = Object.keys(shapes).map((_, i) => this.file(`${i}.bin`));
    const { errors, latencies, requests, status_codes } = JSON.parse(
      await run(vegeta, ["report", "-type=json", ...files]),
    ) as Vegeta;
    rmSync(this.folder, { recursive: true });
    const bad = Object.entries(status_codes).filter(([code]) => !["200", "201"].includes(code));
    return {
      requests,
      failed: bad.reduce((sum, [, count]) => sum + count, 0),
      problems: [...bad.map(([code, count]) => `${count} x ${code}`), ...(errors ?? [])],
      p99Milliseconds: Math.round(latencies["99th"] / 1e5) / 10,
    };
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }

  private async begin(): Promise<void> {
    writeFileSync(this.file("roots.pem"), await acmeRoots());
    const { host } = this.site;
    const { id } = await this.site.writeNote("under load");
    const header = Object.fromEntries(Object.entries(asTenant(tenant).headers!).map(([key, value]) => [key, [value]]));
    const body = Buffer.from(JSON.stringify({ title: "written under load", body: "text" })).toString("base64");
    const url = `https://${host}/api/notes`;
    const targets = [
      { method: "GET", url: `${url}/${id}`, header },
      { method: "POST", url, header, body },
    ];
    writeFileSync(this.file("targets.json"), targets.map((target) => JSON.stringify(target)).join("\n"));
    for (const [i, { flags, rate }] of Object.values(shapes).entries()) {
      const args = [
        "attack",
        "-format=json",
        "-duration=0",
        "-timeout=5s",
        "-redirects=-1",
        "-max-body=0",
        `-rate=${Math.ceil(rate * this.share)}/s`,
        `-targets=${this.file("targets.json")}`,
        `-root-certs=${this.file("roots.pem")}`,
        `-connect-to=${host}:443:${nodeAddress}:443`,
        `-output=${this.file(`${i}.bin`)}`,
        ...flags,
      ];
      this.attacks.push(spawn(vegeta, args, { stdio: ["ignore", "ignore", "inherit"] }));
    }
  }
}
