import { fstatSync } from "node:fs";
import { EngineLog } from "./engine.ts";
import { diffInputs } from "./diff.ts";
import { grpc, Empty, maxMessage, pluginProto, providerProto as proto, service } from "./proto.ts";
import {
  callerOf,
  checkResponse,
  diffResponse,
  ignoreChanges,
  properties,
  statusError,
  struct,
  type Request,
} from "./wire.ts";
import type { Context, Provider } from "./provider.ts";

type Handler = (request: Request) => unknown;
type Done = (error: unknown, response?: unknown) => void;

const unary = (handler: Handler) => (call: { request: Request }, done: Done) => {
  void Promise.resolve()
    .then(() => handler(call.request))
    .then(
      (response) => done(null, response),
      (error: unknown) => done(statusError(error)),
    );
};

/** Implements the calls of pulumirpc.ResourceProvider with a Provider. */
function handlers(provider: Provider, engine: EngineLog, abort: AbortController): Record<string, Handler> {
  const context = (request: Request): Context => ({
    ...callerOf(request),
    signal: abort.signal,
    log: engine.for(request.getUrn()),
  });
  return {
    handshake: (request) => {
      engine.connect(request.getEngineAddress());
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    },
    attach: () => new Empty(),
    getPluginInfo: () => {
      const response = new pluginProto.PluginInfo();
      response.setVersion(provider.version);
      return response;
    },
    getSchema: () => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    },
    cancel: () => {
      abort.abort();
      return new Empty();
    },
    checkConfig: (request) => {
      const inputs = properties(request.getNews());
      return checkResponse({
        inputs,
        failures: provider.checkConfig?.(inputs),
      });
    },
    diffConfig: (request) => {
      const [olds, news] = [properties(request.getOldInputs()), properties(request.getNews())];
      const replaced = provider.replacedConfig?.(olds, news) ?? [];
      return diffResponse({ detailed: diffInputs(olds, news, (path) => replaced.includes(String(path[0]))) });
    },
    configure: async (request) => {
      await provider.configure?.(properties(request.getArgs()));
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    },
    check: async (request) =>
      checkResponse(
        await provider.check(context(request), properties(request.getOlds()), properties(request.getNews())),
      ),
    diff: async (request) => {
      const olds = properties(request.getOldInputs());
      const news = ignoreChanges(olds, properties(request.getNews()), callerOf(request).ignoreChanges);
      return diffResponse(
        await provider.diff(context(request), request.getId(), olds, properties(request.getOlds()), news),
      );
    },
    create: async (request) => {
      const { id, state } = await provider.create(context(request), properties(request.getProperties()));
      const response = new proto.CreateResponse();
      response.setId(id);
      response.setProperties(struct(state));
      return response;
    },
    read: async (request) => {
      const inputs = request.getInputs() && properties(request.getInputs());
      const state = request.getProperties() && properties(request.getProperties());
      const found = provider.read
        ? await provider.read(context(request), request.getId(), inputs, state)
        : { id: request.getId(), inputs: inputs ?? {}, state: state ?? {} };
      const response = new proto.ReadResponse();
      if (!found) return response; // an empty id means gone
      response.setId(found.id);
      response.setInputs(struct(found.inputs));
      response.setProperties(struct(found.state));
      return response;
    },
    update: async (request) => {
      if (!provider.update) throw new Error(`${provider.name}: ${callerOf(request).type} cannot be updated in place`);
      const olds = properties(request.getOldInputs());
      const news = ignoreChanges(olds, properties(request.getNews()), callerOf(request).ignoreChanges);
      const state = await provider.update(context(request), request.getId(), olds, properties(request.getOlds()), news);
      const response = new proto.UpdateResponse();
      response.setProperties(struct(state));
      return response;
    },
    delete: async (request) => {
      const inputs = properties(request.getOldInputs());
      await provider.delete?.(context(request), request.getId(), inputs, properties(request.getProperties()));
      return new Empty();
    },
    invoke: async (request) => {
      if (!provider.invoke) throw new Error(`${provider.name}: unknown function ${request.getTok()}`);
      const result = await provider.invoke(request.getTok(), properties(request.getArgs()), abort.signal);
      const response = new proto.InvokeResponse();
      response.setReturn(struct(result));
      return response;
    },
    getMapping: () => new proto.GetMappingResponse(),
    getMappings: () => new proto.GetMappingsResponse(),
  };
}

/** Runs the plugin: prints its port on stdout, as the engine expects, and ends with the engine. */
export function serve(provider: Provider): void {
  const engine = new EngineLog();
  engine.connect(process.argv[2] ?? "");
  const implementation = Object.fromEntries(
    Object.entries(handlers(provider, engine, new AbortController())).map(([name, handler]) => [name, unary(handler)]),
  );
  const server = new grpc.Server(maxMessage);
  server.addService(service("provider", "ResourceProviderService"), implementation as never);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  endWithEngine();
}

/**
 * Ends the plugin with the engine. The CLI keeps our stdin open while it lives; the end of a /dev/null, which a language host may pass, means nothing.
 */
export function endWithEngine(before: () => void = () => undefined): void {
  const end = () => {
    before();
    process.exit(0);
  };
  // The engine ends a plugin by SIGINT. Ctrl-C does not reach a plugin, which has its own process group.
  process.on("SIGTERM", end).on("SIGINT", end);
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) process.stdin.on("end", end).on("error", end).resume();
}
