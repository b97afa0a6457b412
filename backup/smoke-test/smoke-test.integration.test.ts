import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { ask } from "./ask.ts";
import { applicationChecks, siteChecks, passChecks } from "./checks.ts";

/** Answers of an application, by path. */
type Answers = Record<string, [status: number, body: string]>;

const HOST = "api.example.com";
const folder = mkdtempSync(path.join(os.tmpdir(), "acci-smoke-test-"));
const servers: http.Server[] = [];

function certificateFor(host: string): { certFile: string; cert: Buffer; key: Buffer } {
  const [certFile, keyFile] = [path.join(folder, `${host}.crt`), path.join(folder, `${host}.key`)];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const names = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
  execFileSync("openssl", [...request, ...names, "-keyout", keyFile, "-out", certFile], { stdio: "ignore" });
  return { certFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

async function listening(server: http.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering =
  (answers: Answers): http.RequestListener =>
  (request, response) => {
    const [status, body] = answers[request.url!] ?? [404, ""];
    response.writeHead(status).end(body);
  };

const route = async (answers: Answers, shown = certificateFor(HOST)) => ({
  address: await listening(https.createServer({ cert: shown.cert, key: shown.key }, answering(answers))),
  certificateFile: shown.certFile,
});

/** Only the checks that go through the route: the others use fixed ports of the application. */
const outside = (through: { address: string; certificateFile: string }) =>
  siteChecks(HOST, through, "127.0.0.1").filter((check) => check.route);

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a site that answers by its own certificate and hides its metrics is well", async () => {
  await passChecks(outside(await route({ "/health": [200, "{}"] })), 5);
});

test("it waits for a site that is not up yet", async () => {
  const answers: Answers = { "/health": [503, "starting"] };
  const through = await route(answers);
  const done = passChecks(outside(through), 10);
  setTimeout(() => (answers["/health"] = [200, "{}"]), 300);
  await done;
});

test("a request enters the route with its headers and its query, and the host that was asked for", async () => {
  const shown = certificateFor(HOST);
  const server = https.createServer({ cert: shown.cert, key: shown.key }, ({ headers, url }, response) => {
    response.end(JSON.stringify([url, headers.host, headers["x-acci-canary"]]));
  });
  const through = { address: await listening(server), certificateFile: shown.certFile };
  const { body, status } = await ask(`https://${HOST}/api/notes?limit=1`, through, { "x-acci-canary": "always" });
  expect([status, JSON.parse(body)]).toEqual([200, ["/api/notes?limit=1", HOST, "always"]]);
});

test("metrics that the public sees are told", async () => {
  const through = await route({ "/health": [200, ""], "/metrics": [200, "http_requests_total 1"] });
  await expect(passChecks(outside(through), 0.2)).rejects.toThrow(
    /https:\/\/api.example.com\/metrics: must answer well, got 200, where the public must get 404/,
  );
});

test("another certificate than the stack's own is told", async () => {
  const { address } = await route({ "/health": [200, ""] });
  const { certFile } = certificateFor("other.example.com");
  await expect(passChecks(outside({ address, certificateFile: certFile }), 0.2)).rejects.toThrow(
    /the certificate shown is not this stack's: it is of CN=api.example.com/,
  );
});

test("the stack's certificate for another host is told", async () => {
  const through = await route({ "/health": [200, ""] }, certificateFor("other.example.com"));
  await expect(passChecks(outside(through), 0.2)).rejects.toThrow(
    /is for DNS:other.example.com, not for api.example.com/,
  );
});

test("an application that is away is told, with every question it did not answer", async () => {
  const failure = await passChecks(applicationChecks("127.0.0.1"), 0.2).catch((error: Error) => error.message);
  expect(failure).toMatch(/^smoke test: not passed within 0.2 s\n {2}http:\/\/127.0.0.1:8080\/health: .*ECONNREFUSED/);
  expect(failure).toContain("/ready: must answer well");
});
