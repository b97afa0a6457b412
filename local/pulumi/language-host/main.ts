/** `pulumi-language-nodejs [flags] <engine address>`: pulumirpc.LanguageRuntime for programs in Node.js. */
import type { ServerUnaryCall } from "@grpc/grpc-js";
import { Empty, grpc, lazyProto, maxMessage, pluginProto, service } from "../serve/proto.ts";
import { endWithEngine } from "../serve/serve.ts";
import { installedPackages, packageManager, readManifest, requiredPlugins } from "./packages.ts";
import { interruptAll, killAll } from "./processes.ts";
import { runProgram, type Language } from "./program.ts";
import { installDependencies, runPlugin, type Stream } from "./streams.ts";

const language = lazyProto<Language>("language_pb");
const version = "0.1.0";
let engine = process.argv.slice(2).findLast((argument) => /^[^-].*:\d+$/.test(argument)) ?? "";

type Call<Q> = ServerUnaryCall<Q, unknown>;
type Request<K extends keyof Language> = Language[K] extends new () => infer R ? R : never;

const unary =
  <Q>(handler: (request: Q, call: Call<Q>) => unknown) =>
  (call: Call<Q>, done: (error: unknown, response?: unknown) => void) => {
    void Promise.resolve()
      .then(() => handler(call.request, call))
      .then(
        (response) => done(null, response),
        (error: unknown) =>
          done({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };

function getRequiredPackages(request: Request<"GetRequiredPackagesRequest">) {
  const response = new language.GetRequiredPackagesResponse();
  for (const { name, version: wanted, server } of requiredPlugins(request.getInfo()?.getProgramDirectory() ?? ".")) {
    const dependency = new pluginProto.PackageDependency();
    dependency.setKind("resource");
    dependency.setName(name);
    dependency.setVersion(wanted);
    if (server) dependency.setServer(server);
    response.addPackages(dependency);
  }
  return response;
}

function getProgramDependencies(request: Request<"GetProgramDependenciesRequest">) {
  const folder = request.getInfo()?.getProgramDirectory() ?? ".";
  const manifest = readManifest(folder);
  const direct = { ...manifest?.dependencies, ...manifest?.devDependencies };
  const response = new language.GetProgramDependenciesResponse();
  for (const { name, version: installed } of installedPackages(folder)) {
    if (!name || !installed || !(request.getTransitivedependencies() || name in direct)) continue;
    const dependency = new language.DependencyInfo();
    dependency.setName(name);
    dependency.setVersion(installed);
    response.addDependencies(dependency);
  }
  return response;
}

/** Destroys a stream when starting it fails, because an unhandled exception would end the host. */
const stream =
  <Q, R>(start: (call: Stream<Q, R>) => void) =>
  (call: Stream<Q, R>) => {
    try {
      start(call);
    } catch (error) {
      call.destroy(error as Error);
    }
  };

const implementation = {
  handshake: unary((request: Request<"LanguageHandshakeRequest">) => {
    engine = request.getEngineAddress();
    return new language.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => {
    const response = new pluginProto.PluginInfo();
    response.setVersion(version);
    return response;
  }),
  getRequiredPackages: unary(getRequiredPackages),
  getProgramDependencies: unary(getProgramDependencies),
  run: unary((request: Request<"RunRequest">, call) =>
    runProgram(request, engine, (stop) => call.on("cancelled", stop)),
  ),
  runPlugin: stream(runPlugin),
  installDependencies: stream(installDependencies),
  runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
  template: unary(() => new language.TemplateResponse()),
  about: unary((request: Request<"AboutRequest">) => {
    const response = new language.AboutResponse();
    response.setExecutable(process.execPath);
    response.setVersion(process.version);
    response.getMetadataMap().set("packagemanager", packageManager(request.getInfo()?.getProgramDirectory() ?? "."));
    return response;
  }),
  cancel: unary(() => {
    interruptAll();
    return new Empty();
  }),
};

const server = new grpc.Server(maxMessage);
server.addService(service("language", "LanguageRuntimeService"), implementation as never);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
endWithEngine(killAll);
