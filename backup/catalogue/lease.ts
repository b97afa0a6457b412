import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { DEFAULTS } from "../contract/variables.ts";
import { BackupError } from "../errors.ts";
import { type Condition, type StoredDocument, type Store } from "../store/store.ts";

export const LEASE = "lease.json";

/** The store reports time in whole seconds, both of a write and of an answer. */
const ROUNDING_SECONDS = 1;

const leaseSchema = z.strictObject({
  /** Name of the holder, for messages. */
  holder: z.string(),
  /** Id of the dump that is being made, so that it is not removed as a leftover. */
  dump: z.string().optional(),
  /** Identifies the run. */
  token: z.string(),
  since: z.iso.datetime(),
  ttlSeconds: z.number().positive(),
  released: z.boolean(),
});
export type Lease = z.infer<typeof leaseSchema>;

export interface LeaseOptions {
  /** Milliseconds without a renewal after which a holder counts as dead. @default 60 s */
  readonly ttl?: number;
  /** @default a quarter of `ttl` */
  readonly renewEvery?: number;
  /** Token of the lease that the previous step of the run left. @default - a new lease is taken */
  readonly adopt?: string;
  /** Whether the lease is left to the next step of the run, which must adopt it before it expires. @default false */
  readonly leave?: boolean;
}

/**
 * Works while no other run can. The signal fires when the lease is lost; the work must end then, because another run may have begun. The
 * lease is released by a write, since its holder may have no right to delete.
 */
export async function withLease<T>(
  store: Store,
  holder: { readonly name: string; readonly dump?: string },
  { adopt, leave = false, ttl = DEFAULTS.leaseSeconds * 1000, renewEvery = ttl / 4 }: LeaseOptions,
  work: (signal: AbortSignal, token: string) => Promise<T>,
): Promise<T> {
  const held = await HeldLease.acquire(store, holder, ttl, adopt);
  const done = new AbortController();
  const renewing = held.renew(renewEvery, done.signal);
  let left = false;
  try {
    const result = await work(held.lost.signal, held.token);
    left = leave;
    return result;
  } catch (error) {
    throw held.lost.signal.aborted ? held.lost.signal.reason : error;
  } finally {
    done.abort();
    // Waits no longer than the lease lasts, in case the store has gone silent.
    await Promise.race([renewing.then(() => held.end(left)), held.whenLost]);
  }
}

/** The lease of a run that is not known to have ended. */
export async function activeLease(store: Store): Promise<Lease | undefined> {
  const found = await store.read(LEASE);
  if (!found) return undefined;
  const lease = parse(store, found);
  return isOver(lease, found, await store.now()) ? undefined : lease;
}

class HeldLease {
  readonly lost = new AbortController();
  readonly whenLost = new Promise((resolve) => this.lost.signal.addEventListener("abort", resolve, { once: true }));
  readonly #store: Store;
  readonly #lease: Lease;
  #etag = "";
  #deadline: NodeJS.Timeout | undefined;

  private constructor(store: Store, lease: Lease) {
    this.#store = store;
    this.#lease = lease;
  }

  get token(): string {
    return this.#lease.token;
  }

  static async acquire(
    store: Store,
    { name, dump }: { name: string; dump?: string },
    ttl: number,
    adopt: string | undefined,
  ): Promise<HeldLease> {
    const found = await store.read(LEASE);
    const now = await store.now();
    const before = found && parse(store, found);
    const own = before?.token === adopt;
    if (found && before && !own && !isOver(before, found, now)) throw busy(store, before, found, now);
    // An expired lease still belongs to its run as long as no other run has taken it.
    if (adopt !== undefined && !own) throw superseded(store, before);
    // A store that ignores conditional writes would let two runs in, and lose dumps from the catalogue.
    if (adopt === undefined) await store.requireCapable("dumps");
    const since = adopt !== undefined && before ? before.since : now.toISOString();
    const lease = { holder: name, ...(dump && { dump }), token: adopt ?? randomUUID(), since, ttlSeconds: ttl / 1000 };
    const held = new HeldLease(store, { ...lease, released: false });
    if (!(await held.#write(found ? { ifMatch: found.etag } : { ifAbsent: true }))) throw await held.#overtaken();
    return held;
  }

  async renew(every: number, done: AbortSignal): Promise<void> {
    while (!done.aborted && !this.lost.signal.aborted) {
      const waited = await sleep(every, true, { signal: done, ref: false }).catch(() => false);
      if (!waited) return;
      try {
        if (!(await this.#write({ ifMatch: this.#etag }))) this.#lose(await this.#overtaken());
      } catch {
        // The store may be back before the lease runs out; until then it is ours.
      }
    }
  }

  /** Releases the lease, or renews it once more for the step that adopts it. */
  async end(left: boolean): Promise<void> {
    if (this.lost.signal.aborted) return;
    const body = textOf({ ...this.#lease, released: !left });
    // The lease expires by itself, so a failure here must not replace the result of the work.
    await this.#store.write(LEASE, body, { ifMatch: this.#etag }).catch(() => undefined);
    clearTimeout(this.#deadline);
  }

  /** Writes the lease; returns whether it is ours afterwards. */
  async #write(condition: Condition): Promise<boolean> {
    const asked = performance.now();
    let etag = await this.#store.write(LEASE, textOf(this.#lease), condition);
    if (etag === undefined) {
      // The answer to our own write may have been lost, and the write repeated.
      const found = await this.#store.read(LEASE);
      if (found?.body !== textOf(this.#lease)) return false;
      etag = found.etag;
    }
    this.#etag = etag;
    this.#holdUntil(asked + this.#lease.ttlSeconds * 1000);
    return true;
  }

  /** Counted from before the request, so that the lease ends here before it ends for others. */
  #holdUntil(end: number): void {
    clearTimeout(this.#deadline);
    const message = `${this.#store.place}: the lease of ${this.#lease.holder} could not be renewed in ${this.#lease.ttlSeconds} s; look whether the store is up, and run it again`;
    this.#deadline = setTimeout(() => this.#lose(new BackupError("lease", message)), end - performance.now());
    this.#deadline.unref();
  }

  #lose(reason: BackupError): void {
    clearTimeout(this.#deadline);
    this.lost.abort(reason);
  }

  async #overtaken(): Promise<BackupError> {
    const found = await this.#store.read(LEASE);
    if (found) return busy(this.#store, parse(this.#store, found), found, await this.#store.now());
    return new BackupError(
      "lease",
      `${this.#store.place}: ${LEASE} was removed meanwhile; leave it alone, and run it again`,
    );
  }
}

const isOver = ({ released, ttlSeconds }: Lease, { modified }: StoredDocument, now: Date) =>
  released || silence(modified, now) > ttlSeconds + ROUNDING_SECONDS;

const silence = (since: Date, now: Date) => Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));

function busy(
  store: Store,
  { holder, since, ttlSeconds }: Lease,
  { modified }: StoredDocument,
  now: Date,
): BackupError {
  return new BackupError(
    "lease",
    `${store.place}: ${holder} is at work since ${since} and was heard of ${silence(modified, now)} s ago; ` +
      `wait for its end, or if it is dead, until it was silent for ${ttlSeconds} s`,
  );
}

/** Another run may have published meanwhile, and this run's dump would be older than the newest. */
function superseded(store: Store, lease: Lease | undefined): BackupError {
  const found = lease ? `that of ${lease.holder} since ${lease.since}` : "none";
  return new BackupError(
    "lease",
    `${store.place}: ${LEASE} must be of the step before, got ${found}; another run came between, run it again`,
  );
}

function parse(store: Store, { body }: StoredDocument): Lease {
  try {
    return leaseSchema.parse(JSON.parse(body));
  } catch (error) {
    throw new BackupError(
      "refused",
      `${store.place}: ${LEASE} is not a lease (${(error as Error).message}); when no run is at work, remove it`,
    );
  }
}

const textOf = (lease: Lease) => `${JSON.stringify(lease, null, 2)}\n`;
