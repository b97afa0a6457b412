/** @needs redis-server */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXPORTER_USER, PROBE_USER, redisConf, usersAcl } from "./configuration.ts";

/** On a real server: only it knows whether it accepts the file and what the file allows. */
const PASSWORD = "correcthorse";
/** The one before it, while a rotation is under way. */
const BEFORE = "batterystaple";
const folder = mkdtempSync(join(tmpdir(), "acci-redis-"));
const socket = join(folder, "socket");
let server: ChildProcess;

beforeAll(async () => {
  const settings = { appendfsync: "everysec", evictionPolicy: "allkeys-lru", memoryLimit: "128Mi" } as const;
  const conf = redisConf({ ...settings, persistent: false, tls: false })
    .replace("/etc/acci/redis/acl", folder)
    .replace("dir /data", `dir ${folder}\nunixsocket ${socket}`)
    .replace("port 6379", "port 0");
  writeFileSync(join(folder, "users.acl"), usersAcl([PASSWORD, BEFORE], "another", "figures"));
  writeFileSync(join(folder, "redis.conf"), conf);
  server = spawn("redis-server", [join(folder, "redis.conf")]);
  await new Promise<void>((ready, failed) => {
    let output = "";
    server.stdout!.on("data", (chunk) => {
      output += chunk;
      if (/ready to accept connections/i.test(output)) ready();
    });
    server.on("error", () => failed(new Error("redis-server: not found; install redis-server, version 7")));
    server.on("exit", () => failed(new Error(`redis-server stopped:\n${output}`)));
  });
});

afterAll(() => {
  server.removeAllListeners("exit");
  server.kill();
  rmSync(folder, { recursive: true });
});

const cli = (...args: string[]): string =>
  execFileSync("redis-cli", ["-s", socket, "--no-auth-warning", ...args], { encoding: "utf8", stdio: "pipe" }).trim();
const asApp = (...args: string[]) => cli("--user", "acci", "--pass", PASSWORD, ...args);

test.each([
  ["writes its own keys", ["set", "acci:a", "1"], "OK"],
  ["reads its own keys", ["get", "acci:a"], "1"],
  ["expires its own keys", ["expire", "acci:a", "60"], "1"],
  ["deletes its own keys", ["del", "acci:a"], "1"],
  ["names its connection", ["client", "setname", "acci"], "OK"],
])("the application %s", (_, command, answer) => expect(asApp(...command)).toBe(answer));

test.each([
  [["set", "other", "1"]],
  [["flushall"]],
  [["config", "get", "*"]],
  [["keys", "*"]],
  [["client", "list"]],
  [["acl", "list"]],
  [["eval", "return 1", "0"]],
])("the application may not %j", (command) => expect(asApp(...command)).toContain("NOPERM"));

const asExporter = (...args: string[]) => cli("--user", EXPORTER_USER, "--pass", "figures", ...args);

test.each([
  ["asks for figures", ["info", "memory"], "used_memory:"],
  ["asks how slow commands were", ["slowlog", "len"], "0"],
])("the exporter %s", (_, command, answer) => expect(asExporter(...command)).toContain(answer));

test.each([
  [["get", "acci:a"]],
  [["scan", "0"]],
  [["config", "get", "*"]],
  [["slowlog", "reset"]],
  [["client", "list"]],
  [["flushall"]],
])("the exporter may not %j", (command) => expect(asExporter(...command)).toContain("NOPERM"));

test("the password before is let in as well", () =>
  expect(cli("--user", "acci", "--pass", BEFORE, "get", "acci:none")).toBe(""));

test("nobody gets in without a password", () => expect(cli("get", "acci:a")).toContain("NOAUTH"));

test("liveness needs no user: a refusal is an answer", () => expect(cli("ping")).toContain("NOAUTH"));

test("the probe may ping and nothing else", () => {
  const asProbe = (...args: string[]) => cli("-e", "--user", PROBE_USER, "--pass", "none", ...args);
  expect(asProbe("ping")).toBe("PONG");
  expect(() => asProbe("get", "acci:a")).toThrow();
});
