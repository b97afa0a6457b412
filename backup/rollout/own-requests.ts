/** Sends a request with the canary's header, and tells the status of the answer. */
export type Request = () => Promise<number>;

/** Part of a step in which the least number of requests is to be reached, so that Prometheus has counted them at its end. */
const EARLY = 0.6;
/** Most requests at one look. */
const BURST = 50;
/** So many of them that fail are no chance. */
const TOO_MANY_FAILED = 3;

/** Requests that the rollout makes itself where users make too few to judge by. */
export class OwnRequests {
  readonly #request: Request;
  readonly #least: number;
  readonly #seconds: number;
  #sent = 0;
  #failed = 0;
  #unanswered = 0;
  #last = "";

  constructor(request: Request, { least, seconds }: { least: number; seconds: number }) {
    this.#request = request;
    this.#least = least;
    this.#seconds = seconds;
  }

  /** Sends what is missing of the requests that there should be by now. Those that were sent may not have been counted yet. */
  async fill(elapsed: number, counted = 0): Promise<void> {
    const wanted = Math.ceil(this.#least * Math.min(1, elapsed / (this.#seconds * EARLY)));
    const missing = Math.min(BURST, wanted - Math.max(counted, this.#sent));
    for (let i = 0; i < missing; i++) {
      this.#sent += 1;
      const status = await this.#request().catch((error: Error) => error.message);
      if (typeof status === "number" && status < 500) continue;
      this.#last = String(status);
      if (typeof status === "number") this.#failed += 1;
      else {
        // No fault of the new version's: the controller may have been replaced. It is asked again, and lacks a request until then.
        this.#unanswered += 1;
        this.#sent -= 1;
      }
      // The next look tries again, instead of waiting for each answer that does not come.
      return;
    }
  }

  get troubles(): string[] {
    return this.#failed < TOO_MANY_FAILED
      ? []
      : [
          `own requests of the rollout: must be answered, got ${this.#failed} of ${this.#sent} failed, last with status ${this.#last}`,
        ];
  }

  /** For a person; empty when none were needed. */
  get told(): string {
    const bad =
      this.#failed + this.#unanswered > 0
        ? `, ${this.#failed} failed, ${this.#unanswered} without an answer, last ${this.#last}`
        : "";
    return this.#sent + this.#unanswered > 0 ? `; own requests ${this.#sent}${bad}` : "";
  }
}
