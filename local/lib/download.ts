import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../tooling/run.ts";
import { say } from "./progress.ts";

/** Seconds before each further attempt. Registries that restart or are overloaded usually answer again within a minute. */
const PAUSES = [5, 15, 40];

/** Messages of Go, npm, pip, apt, cargo and curl for a failure of the network or of a registry. */
const TRANSIENT = [
  /no output for \d+ s/,
  /time(d )?[- ]?out|deadline exceeded/i,
  /connection (refused|reset|failed|broken|closed)|reset by peer|broken pipe/i,
  /\bunexpected EOF\b|\bEOF$|stream error|premature close|incomplete read|IncompleteRead/im,
  /temporary failure|could not resolve|no such host|name resolution|EAI_AGAIN|ENOTFOUND/i,
  /ECONN(REFUSED|RESET)|ETIMEDOUT|ERR_SOCKET|socket hang up|network is unreachable/i,
  /\b(429|50[0234])\s+(too many|internal|bad|service|gateway|error)|(HTTP\D{0,30}|got |\bE)(429|50[0234])\b/i,
];

/** Characters at the end of a command's output that are searched; the reason of a failure is near the end. */
const LOOKED_AT = 8000;
/** Lines that clients print for every request. */
const CHATTER = /^(# get|go: downloading|\(all of it)/;

const linesOf = (error: Error): string[] => {
  const text = error instanceof CommandError ? error.output.slice(-LOOKED_AT) || error.message : error.message;
  return `${text}\n${error.message}`.split("\n").filter((line) => line.trim() !== "" && !CHATTER.test(line));
};

/** The line that shows a transient failure; undefined when another attempt would fail the same way. */
export const transientReason = (error: Error): string | undefined =>
  linesOf(error).find((line) => TRANSIENT.some((sign) => sign.test(line)));

/**
 * Runs `work`, which needs a registry, and repeats it after a growing pause and a message when the network or the registry has failed.
 * `work` must be repeatable. Other failures (a version that does not exist, a wrong checksum) are not repeated.
 */
export async function download<T>(
  what: string,
  work: () => Promise<T>,
  pauses: readonly number[] = PAUSES,
): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await work();
    } catch (error) {
      const reason = transientReason(error as Error);
      const pause = pauses[attempt];
      if (reason === undefined || pause === undefined) throw error;
      say(
        `  ${what}: ${reason.trim().slice(0, 200)}; trying again in ${pause} s (${attempt + 2} of ${pauses.length + 1})`,
      );
      await sleep(pause * 1000);
    }
}

/** Seconds without output after which a client that prints each request counts as waiting for a registry that does not answer. */
export const SILENCE_SECONDS = 300;
