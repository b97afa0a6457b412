import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { TLSSocket } from "node:tls";

/** The public route, entered at the controller, because the public name may still resolve to another site. */
export interface Route {
  /** `host:port` of the controller. */
  readonly address: string;
  /** PEM file with the certificate that the controller must present. */
  readonly certificateFile: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;
const BODY_LIMIT = 16 * 2 ** 20;

/**
 * Sends a GET request, through the route or directly. Fails when the certificate is not the stack's own, is for another host, or is not
 * valid now.
 */
export function ask(url: string, route?: Route, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = route ? https.request(entering(new URL(url), route, headers)) : http.request(url, { headers });
    request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    request.once("error", reject);
    request.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length > BODY_LIMIT) request.destroy(new Error(`more than ${BODY_LIMIT} characters`));
      });
      response.once("error", reject);
      response.once("end", () => {
        const problem = route && certificateProblem(response.socket as TLSSocket, new URL(url).hostname, route);
        if (problem) reject(new Error(problem));
        else resolve({ status: response.statusCode ?? 0, body });
      });
    });
    request.end();
  });
}

function entering(
  { hostname, pathname, search }: URL,
  { address }: Route,
  headers: Readonly<Record<string, string>>,
): https.RequestOptions {
  const { hostname: host, port } = new URL(`https://${address}`);
  return {
    host,
    port: port || 443,
    path: `${pathname}${search}`,
    servername: hostname,
    headers: { host: hostname, ...headers },
    // The certificate is compared with the stack's own instead, so that a CA that only the public's browsers trust works too.
    rejectUnauthorized: false,
    agent: false,
  };
}

function certificateProblem(socket: TLSSocket, host: string, { certificateFile }: Route): string | undefined {
  const shown = socket.getPeerX509Certificate();
  if (!shown) return "no certificate was shown";
  const own = new X509Certificate(readFileSync(certificateFile));
  if (shown.fingerprint256 !== own.fingerprint256)
    return `the certificate shown is not this stack's: it is of ${shown.subject || "nobody"}, by ${shown.issuer || "nobody"}`;
  if (!own.checkHost(host)) return `the certificate is for ${own.subjectAltName ?? "no host"}, not for ${host}`;
  const now = Date.now();
  return Date.parse(own.validFrom) <= now && now < Date.parse(own.validTo)
    ? undefined
    : `the certificate is valid from ${own.validFrom} to ${own.validTo}`;
}
