import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { lazyProto } from "../serve/proto.ts";
import { packageManager } from "./packages.ts";
import { interrupt, startNode } from "./processes.ts";
import { runtimeOptions, sdkScript, type Language } from "./program.ts";

/** The part of a server stream that is used here. */
export interface Stream<Request, Response> {
  readonly request: Request;
  readonly cancelled: boolean;
  write(response: Response): void;
  end(): void;
  on(event: "cancelled", listener: () => void): void;
  destroy(error: Error): void;
}
type Output = {
  setStdout(data: Uint8Array): void;
  setStderr(data: Uint8Array): void;
};

function pipe<R extends Output>(
  child: ChildProcess,
  call: Stream<unknown, R>,
  create: () => R,
): (fill: (r: R) => void) => void {
  const send = (fill: (response: R) => void) => {
    const response = create();
    fill(response);
    if (!call.cancelled) call.write(response);
  };
  child.stdout?.on("data", (data: Buffer) => send((response) => response.setStdout(data)));
  child.stderr?.on("data", (data: Buffer) => send((response) => response.setStderr(data)));
  child.on("error", (error) => call.destroy(error));
  call.on("cancelled", () => interrupt(child));
  return send;
}

type RunPlugin = Stream<InstanceType<Language["RunPluginRequest"]>, InstanceType<Language["RunPluginResponse"]>>;

/** Runs a plugin written in Node.js: a policy pack, a provider or a component package. */
export function runPlugin(call: RunPlugin): void {
  const { request } = call;
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const args =
    request.getKind() === "analyzer"
      ? [sdkScript("run-policy-pack", folder), ...request.getArgsList().slice(-1), folder]
      : [sdkScript("run-plugin", folder), join(folder, info?.getEntryPoint() || "."), ...request.getArgsList()];
  const env = Object.fromEntries(request.getEnvList().map((pair) => pair.split(/=(.*)/s, 2)));
  // The plugin's own folder is the working directory, as with the official host.
  const child = startNode([...runtimeOptions(info).nodeArgs, ...args], {
    cwd: folder,
    env,
    stdio: "pipe",
  });
  const send = pipe(child, call, () => new (lazyProto<Language>("language_pb").RunPluginResponse)());
  child.on("close", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    if (!call.cancelled) call.end();
  });
}

type Install = Stream<
  InstanceType<Language["InstallDependenciesRequest"]>,
  InstanceType<Language["InstallDependenciesResponse"]>
>;

/** `pulumi install`: runs the package manager whose lock file is present. */
export function installDependencies(call: Install): void {
  const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const manager = packageManager(folder);
  const child = spawn(manager, ["install"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  pipe(child, call, () => new (lazyProto<Language>("language_pb").InstallDependenciesResponse)());
  child.on("close", (code) => {
    if (code === 0) call.end();
    else call.destroy(new Error(`${manager} install: exit code ${code}`));
  });
}
