import { say } from "../progress.ts";

/** Measures and announces each step of something long. */
export class Phases {
  readonly seconds: Record<string, number> = {};

  /** Adds a phase that was measured elsewhere, if it was. */
  note(name: string, seconds: number | undefined): void {
    if (seconds !== undefined) this.seconds[name] = seconds;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    say(`${name} …`);
    const result = await work();
    const took = (performance.now() - start) / 1000;
    this.seconds[name] = Number(((this.seconds[name] ?? 0) + took).toFixed(2));
    say(`${name}: ${took.toFixed(1)} s`);
    return result;
  }
}
