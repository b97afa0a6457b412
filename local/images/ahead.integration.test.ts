import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const folder = mkdtempSync(path.join(tmpdir(), "acci-ahead-"));
const application = path.join(folder, "application");
const storage = ["--root", path.join(folder, "cache/buildah"), "--runroot", path.join(folder, "state/buildah")];

/** Runs a script that has the module, with a cache and a state of its own. */
function script(text: string) {
  const module = JSON.stringify(path.join(import.meta.dirname, "ahead.ts"));
  const env = { ...process.env, ACCI_CACHE: path.join(folder, "cache"), ACCI_HOME: path.join(folder, "state") };
  const source = `const { buildAhead } = await import(${module}); ${text}`;
  return spawn(process.execPath, ["--input-type=module", "-e", source], { env, stdio: "inherit" });
}

beforeAll(() => mkdirSync(application));
afterAll(() => {
  // buildah leaves its storage mounted upon itself, and a killed one the container that it worked in.
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const own = mounts.map((line) => line.split(" ")[1] ?? "").filter((mount) => mount.startsWith(`${folder}/`));
  for (const mount of own.reverse()) spawnSync("umount", [mount]);
  rmSync(folder, { recursive: true, force: true });
});

test("a build finds the layers of the one ahead of it", async () => {
  writeFileSync(path.join(application, "a.txt"), "one");
  writeFileSync(path.join(application, "Dockerfile"), "FROM scratch\nARG SOURCE_DATE_EPOCH\nCOPY a.txt /a.txt\n");
  const build = "await buildAhead(process.env.FOLDER).done;";
  process.env["FOLDER"] = application;
  expect(await once(script(build), "exit")).toEqual([0, null]);
  const again = spawnSync(
    "buildah",
    [
      ...[...storage, "build", "--isolation", "chroot", "--network", "host", "--layers", "--force-rm"],
      ...["--timestamp", "0", "--platform", "linux/amd64", "--build-arg", "SOURCE_DATE_EPOCH=0", application],
    ],
    { encoding: "utf8" },
  );
  expect(`${again.stdout}${again.stderr}`).toContain("Using cache");
});

test("a build ends with the process that started it, even a killed one", async () => {
  // It answers nothing, so that the build goes on until it is ended.
  const server = createServer();
  const listening = once(server, "listening");
  server.listen(0, "127.0.0.1");
  await listening;
  const { port } = server.address() as AddressInfo;
  const dockerfile = `FROM scratch\nADD http://127.0.0.1:${port}/file /file\n`;
  writeFileSync(path.join(application, "Dockerfile"), dockerfile);
  const fetching = once(server, "connection") as Promise<[Socket]>;
  const starter = script("buildAhead(process.env.FOLDER); setInterval(() => {}, 1000);");
  const [socket] = await fetching;
  const closed = once(socket.resume(), "close");
  starter.kill("SIGKILL");
  await closed;
  server.close();
});
