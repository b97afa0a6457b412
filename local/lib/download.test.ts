/** @needs go */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { CommandError, run } from "../../tooling/run.ts";
import { download, transientReason } from "./download.ts";
import { type Answer, broken, FailingRegistry, never, status } from "./testing/failing-registry.ts";

// Each test starts Go, on a machine that may be busy.
jest.setTimeout(120_000);

const AT_ONCE = [0, 0, 0];

let said: string[];
let folder: string;
let registry: FailingRegistry | undefined;
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => said.push(String(line)) > 0);
  folder = mkdtempSync(path.join(os.tmpdir(), "acci-download-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  registry?.stop();
  rmSync(folder, { recursive: true });
});

async function serve(...answers: readonly Answer[]): Promise<string> {
  registry = new FailingRegistry(...answers);
  return registry.start();
}

const LIST = "/example.org/module/@v/list";

/** Answers of a module proxy for a module with one version. */
const versions: Answer = ({ url }, response) => {
  if (url === LIST) response.end("v1.2.3\n");
  else if (url!.endsWith(".mod")) response.end("module example.org/module\n");
  else response.end(JSON.stringify({ Version: "v1.2.3", Time: "2026-01-01T00:00:00Z" }));
};

const timesAsked = () => registry!.asked.filter((url) => url === LIST).length;

/** The versions that Go lists for a module, through `download`. */
async function listedBy(proxy: string, silenceSeconds = 60): Promise<string> {
  const env = {
    ...process.env,
    GOPROXY: proxy,
    GONOSUMDB: "*",
    GOFLAGS: "",
    GOMODCACHE: folder,
    GO111MODULE: "on",
    GOTOOLCHAIN: "local",
  };
  const list = ["list", "-x", "-m", "-versions", "example.org/module"];
  return download("a module", () => run("go", list, { cwd: folder, env, silenceSeconds }), AT_ONCE);
}

it("asks again a registry that is unavailable, and says so", async () => {
  const proxy = await serve(status(503), status(502), versions);
  expect(await listedBy(proxy)).toBe("example.org/module v1.2.3\n");
  expect(timesAsked()).toBe(3);
  expect(said).toEqual([
    expect.stringMatching(/ a module: .*503 Service Unavailable; trying again in 0 s \(2 of 4\)\n$/),
    expect.stringMatching(/ a module: .*502 Bad Gateway; trying again in 0 s \(3 of 4\)\n$/),
  ]);
});

it("asks again one that breaks off in the middle", async () => {
  expect(await listedBy(await serve(broken, versions))).toBe("example.org/module v1.2.3\n");
  expect(said).toEqual([expect.stringMatching(/unexpected EOF; trying again/)]);
});

it("does not wait for one that never answers", async () => {
  expect(await listedBy(await serve(never, versions), 3)).toBe("example.org/module v1.2.3\n");
  // A slow Go may be ended before it has sent a request.
  expect(said[0]).toMatch(/no output for 3 s.*; trying again/);
});

it("gives up after the last attempt, with the registry's own words", async () => {
  await expect(listedBy(await serve(status(503)))).rejects.toThrow("503 Service Unavailable");
  expect([timesAsked(), said.length]).toEqual([4, 3]);
});

it("does not ask again for what does not exist", async () => {
  await expect(listedBy(await serve(status(404)))).rejects.toThrow("404 Not Found");
  expect([timesAsked(), said]).toEqual([1, []]);
});

it("fails at once where another attempt would fail as well", async () => {
  let tried = 0;
  const wrong = () => Promise.reject(new Error(`SHA-256 must be 5002, got ${++tried}`));
  await expect(download("a program", wrong, AT_ONCE)).rejects.toThrow("got 1");
});

it.each([
  "E: Failed to fetch http://deb.example.org/x.deb  503  Service Unavailable [IP: 10.0.0.1 80]",
  "E: Failed to fetch http://deb.example.org/x.deb  Connection timed out [IP: 10.0.0.1 80]",
  "Temporary failure resolving 'deb.example.org'",
  "ERROR: HTTP error 502 while getting https://pypi.example.org/x.whl",
  "npm error code E503",
  "npm error code ECONNRESET",
  "npm error code EAI_AGAIN",
  'go: example.org/m@v1.0.0: Get "https://proxy.example.org/m": net/http: TLS handshake timeout',
  "error: failed to get successful HTTP response from `https://static.example.org/x` (10.0.0.1), got 503",
  "curl: (6) Could not resolve host: example.org",
])("takes for the network's fault: %s", (line) => {
  expect(transientReason(new CommandError("fetch: exit code 1", 1, `# get https://x\n${line}\n`))).toBe(line);
});

it.each([
  "E: Unable to locate package cosign",
  "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. of 500 packages",
  "npm error code E404",
  "verifying example.org/m@v1.0.0: checksum mismatch",
  "main.go:503:12: undefined: x",
])("does not take for the network's fault: %s", (line) => {
  expect(transientReason(new CommandError("fetch: exit code 1", 1, line))).toBeUndefined();
});
