import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Empty, grpc, maxMessage, providerProto as proto, service, statusProto } from "../serve/proto.ts";
import { properties, struct } from "../serve/wire.ts";
import type { Props } from "../serve/values.ts";

interface Message {
  serializeBinary(): Uint8Array;
}
type Answer = Record<string, (() => never) | undefined>;
type Call = (
  request: Message,
  done: (error: (Error & { metadata?: InstanceType<typeof grpc.Metadata> }) | null, answer: Answer) => void,
) => void;

const urn = (type: string, name: string) => `urn:pulumi:test::project::${type}::${name}`;

export interface DiffAnswer {
  readonly detailed: Record<string, string>;
  readonly deleteBeforeReplace: boolean;
}

/** A provider process, called over its protocol as the engine does. */
export class Plugin {
  private readonly process: ChildProcess;
  private readonly client: Promise<Record<string, Call>>;

  constructor(entry: string, env: NodeJS.ProcessEnv = {}) {
    const main = join(__dirname, "..", entry, "main.ts");
    this.process = spawn(process.execPath, [main], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const died = once(this.process, "exit").then(() =>
      Promise.reject(new Error(`${entry}: ended before it gave its port`)),
    );
    this.client = Promise.race([once(this.process.stdout!, "data"), died]).then(([port]) => {
      const Client = grpc.makeGenericClientConstructor(service("provider", "ResourceProviderService"), "Provider");
      const address = `127.0.0.1:${String(port).trim()}`;
      return new Client(address, grpc.credentials.createInsecure(), maxMessage) as unknown as Record<string, Call>;
    });
  }

  /** Closes the plugin's stdin, as the end of the engine does, and waits for its end. */
  async stop(): Promise<void> {
    const exit = once(this.process, "exit");
    this.process.stdin!.end();
    await exit;
    ((await this.client) as unknown as { close(): void }).close();
  }

  async configure(args: Props): Promise<void> {
    const request = new proto.ConfigureRequest();
    request.setArgs(struct(args));
    await this.call("configure", request);
  }

  async check(type: string, name: string, olds: Props, news: Props): Promise<{ inputs: Props; failures: string[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(urn(type, name));
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = (await this.call("check", request)) as unknown as InstanceType<typeof proto.CheckResponse>;
    const failures = answer.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: properties(answer.getInputs()), failures };
  }

  async create(type: string, name: string, inputs: Props, options: { preview?: boolean; timeout?: number } = {}) {
    const request = new proto.CreateRequest();
    request.setUrn(urn(type, name));
    request.setProperties(struct(inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const answer = (await this.call("create", request)) as unknown as InstanceType<typeof proto.CreateResponse>;
    return { id: answer.getId(), state: properties(answer.getProperties()) };
  }

  async diff(type: string, id: string, olds: Props, state: Props, news: Props): Promise<DiffAnswer> {
    const request = new proto.DiffRequest();
    request.setUrn(urn(type, "x"));
    request.setId(id);
    request.setOldInputs(struct(olds));
    request.setOlds(struct(state));
    request.setNews(struct(news));
    const answer = (await this.call("diff", request)) as unknown as InstanceType<typeof proto.DiffResponse>;
    const kinds = Object.entries(proto.PropertyDiff.Kind);
    const entries = answer.getDetaileddiffMap().toArray() as unknown as [string, unknown][];
    const detailed = entries.map(([path]) => {
      const kind: number = answer.getDetaileddiffMap().get(path)!.getKind();
      return [path, kinds.find(([, value]) => value === kind)![0]];
    });
    return {
      detailed: Object.fromEntries(detailed) as Record<string, string>,
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async update(type: string, id: string, olds: Props, state: Props, news: Props): Promise<Props> {
    const request = new proto.UpdateRequest();
    request.setUrn(urn(type, "x"));
    request.setId(id);
    request.setOldInputs(struct(olds));
    request.setOlds(struct(state));
    request.setNews(struct(news));
    const answer = (await this.call("update", request)) as unknown as InstanceType<typeof proto.UpdateResponse>;
    return properties(answer.getProperties());
  }

  async read(type: string, id: string, inputs?: Props, state?: Props) {
    const request = new proto.ReadRequest();
    request.setUrn(urn(type, "x"));
    request.setId(id);
    if (inputs) request.setInputs(struct(inputs));
    if (state) request.setProperties(struct(state));
    const answer = (await this.call("read", request)) as unknown as InstanceType<typeof proto.ReadResponse>;
    return { id: answer.getId(), inputs: properties(answer.getInputs()), state: properties(answer.getProperties()) };
  }

  async delete(type: string, id: string, inputs: Props, state: Props): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setUrn(urn(type, "x"));
    request.setId(id);
    request.setOldInputs(struct(inputs));
    request.setProperties(struct(state));
    await this.call("delete", request);
  }

  async invoke(token: string, args: Props): Promise<Props> {
    const request = new proto.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const answer = (await this.call("invoke", request)) as unknown as InstanceType<typeof proto.InvokeResponse>;
    return properties(answer.getReturn());
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new Empty());
  }

  private async call(method: string, request: Message): Promise<Answer> {
    const client = await this.client;
    return new Promise((resolve, reject) => {
      client[method]!(request, (error, answer) => {
        if (error) reject(Object.assign(new Error(detailsOf(error)), { partial: partialOf(error.metadata) }));
        else resolve(answer);
      });
    });
  }
}

const detailsOf = (error: Error): string => (error as Error & { details?: string }).details ?? error.message;

/** State in a partial failure, found by its marker in the status details. */
function partialOf(metadata: InstanceType<typeof grpc.Metadata> | undefined): { id: string; state: Props } | undefined {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!bytes) return undefined;
  const [any] = statusProto.Status.deserializeBinary(bytes as Buffer).getDetailsList();
  const detail = proto.ErrorResourceInitFailed.deserializeBinary(any!.getValue_asU8());
  return { id: detail.getId(), state: properties(detail.getProperties()) };
}
