/** The store's time, heard from the `Date` of its answers and carried on by a clock that nobody sets. */
export class StoreClock {
  #last: { at: number; heard: number } | undefined;

  hear(date: string | undefined): void {
    const at = Date.parse(date ?? "");
    if (!Number.isNaN(at)) this.#last = { at, heard: performance.now() };
  }

  now(): Date | undefined {
    return this.#last && new Date(this.#last.at + (performance.now() - this.#last.heard));
  }
}
