import { setTimeout as sleep } from "node:timers/promises";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import { type Answer, ask, type Route } from "./ask.ts";

/** A request to the application, and what is wrong with its answer, if anything. */
interface Check {
  readonly url: string;
  readonly route?: Route;
  readonly problem: (answer: Answer) => string | undefined;
}

const POLL_MS = 500;

/** Checks of a site: through its public route, and inside the cluster. */
export const siteChecks = (host: string, route: Route, service: string): Check[] => [
  { url: `https://${host}/health`, route, problem: isOk },
  // Metrics are of no use to the public, and of some use to attackers.
  { url: `https://${host}/metrics`, route, problem: isHidden },
  ...opsChecks(service),
];

/** Checks of an application without a route. */
export const applicationChecks = (service: string): Check[] => [
  { url: `http://${service}:8080/health`, problem: isOk },
  ...opsChecks(service),
];

const opsChecks = (service: string): Check[] => [
  { url: `http://${service}:9090/ready`, problem: isOk },
  { url: `http://${service}:9090/metrics`, problem: (answer) => isOk(answer) ?? hasMetrics(answer) },
];

const isOk = ({ body, status }: Answer) => (status === 200 ? undefined : `${status} ${body.slice(0, 200)}`.trim());
const isHidden = ({ status }: Answer) => (status === 404 ? undefined : `${status}, where the public must get 404`);
const hasMetrics = ({ body }: Answer) =>
  /^http_requests_total\b/m.test(body) ? undefined : "an answer without http_requests_total";

/** Repeats the checks until all of them pass; throws with those that do not when the time is over. */
export async function passChecks(checks: readonly Check[], seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  const problems = await Promise.all(checks.map((check) => settle(check, deadline)));
  const wrong = problems.filter((problem) => problem !== undefined);
  if (wrong.length > 0)
    throw new BackupError("refused", [`smoke test: not passed within ${seconds} s`, ...wrong].join("\n  "));
}

async function settle({ problem, route, url }: Check, deadline: number): Promise<string | undefined> {
  for (;;) {
    const found = await ask(url, route).then(problem, (error: Error) => error.message || String(error));
    if (found === undefined) return void say(`${url}: as it must be`);
    if (Date.now() > deadline) return `${url}: must answer well, got ${found}`;
    await sleep(POLL_MS);
  }
}
