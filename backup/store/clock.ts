/** The store's time: read from the `Date` header of its answers, and continued by a monotonic clock. */
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
