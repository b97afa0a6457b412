import { setTimeout as pause } from "node:timers/promises";
import type { Site } from "./site.ts";

export interface Written {
  /** Ids of the notes that were acknowledged with 201. */
  readonly acknowledged: readonly string[];
  readonly refused: number;
  /** The different errors of the refused writes. */
  readonly problems: readonly string[];
  /** The longest time without an acknowledged write. */
  readonly longestGapSeconds: number;
}

const WRITERS = 8;

/** Clients that write one note after the other, each over a new connection, and record which writes were acknowledged. */
export class Writers {
  private readonly acknowledged = new Map<string, number>();
  private readonly problems: string[] = [];
  private readonly loops: Promise<void>[];
  private readonly site: Site;
  private stopped = false;

  constructor(site: Site, writers = WRITERS) {
    this.site = site;
    this.loops = Array.from({ length: writers }, () => this.write());
  }

  /** Number of writes acknowledged so far. */
  get count(): number {
    return this.acknowledged.size;
  }

  async stop(): Promise<Written> {
    this.stopped = true;
    await Promise.all(this.loops);
    const times = [...this.acknowledged.values()].sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    return {
      acknowledged: [...this.acknowledged.keys()],
      refused: this.problems.length,
      problems: [...new Set(this.problems)],
      longestGapSeconds: Math.max(...gaps) / 1000,
    };
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      try {
        const { id } = await this.site.writeNote("promised");
        this.acknowledged.set(id, performance.now());
      } catch (error) {
        this.problems.push((error as Error).message);
      }
      await pause(20);
    }
  }
}
