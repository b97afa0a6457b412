import { existsSync, readFileSync, writeFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import { nodeAddress, ports } from "../lib/addresses.ts";
import { inState, pki } from "../lib/paths.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(url: URL, options: https.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(url, { timeout: 10_000, ...options }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`${url.href}: no answer within 10 s`)));
    request.end(body);
  });
}

/**
 * Certificate authorities of the ACME server, PEM. It makes a new CA at each start and forgets the last one, whose certificates stay in
 * use, so all that were seen are kept.
 */
export async function acmeRoots(): Promise<string> {
  const file = inState("acme-roots.pem");
  const seen = existsSync(file) ? readFileSync(file, "utf8") : "";
  const ca = readFileSync(path.join(pki, "ca.crt"));
  const current = (await ask(new URL(`https://${nodeAddress}:${ports.acmeManagement}/roots/0`), { ca })).body;
  if (seen.includes(current.trim())) return seen;
  const all = `${seen}${current.trimEnd()}\n`;
  writeFileSync(file, all);
  return all;
}

/** Sends a request to the public route as a browser would, name and certificate verified against `ca`, wherever DNS points. */
export function fetchThroughRoute(url: string, ca: string, question: Question = {}): Promise<Answer> {
  const { hostname } = new URL(url);
  return ask(
    new URL(url),
    {
      ca,
      servername: hostname,
      method: question.method ?? "GET",
      headers: question.headers ?? {},
      agent: false,
      lookup: (_, options, found) => {
        if (options.all) return found(null, [{ address: nodeAddress, family: 4 }]);
        return found(null, nodeAddress, 4);
      },
    },
    question.body,
  );
}
