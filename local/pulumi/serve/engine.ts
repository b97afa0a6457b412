import type * as enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import { grpc, lazyProto, maxMessage, service } from "./proto.ts";

export interface Log {
  /** Shows a line next to the resource while it is being worked on; the next line replaces it. */
  status(message: string): void;
  /** Adds a line to the resource's diagnostics. */
  warn(message: string): void;
}

type Engine = typeof enginePb;
type LogCall = (request: InstanceType<Engine["LogRequest"]>, done: (error: unknown) => void) => void;

/** Client of the engine's log. Its failure never fails the work. */
export class EngineLog {
  private send?: LogCall;
  /** The last line of each resource. Repeated lines are dropped, because they are noise where output is plain text. */
  private readonly said = new Map<string, string>();

  connect(address: string): void {
    if (!address) return;
    const Client = grpc.makeGenericClientConstructor(service("engine", "EngineService"), "Engine");
    const client = new Client(address, grpc.credentials.createInsecure(), maxMessage);
    this.send = (client as unknown as { log: LogCall }).log.bind(client);
  }

  for(urn: string): Log {
    return {
      status: (message) => {
        if (this.said.get(urn) === message) return;
        this.said.set(urn, message);
        this.log(urn, message, true);
      },
      warn: (message) => this.log(urn, message, false),
    };
  }

  private log(urn: string, message: string, ephemeral: boolean): void {
    if (!this.send) return;
    const { LogRequest, LogSeverity } = lazyProto<Engine>("engine_pb");
    const request = new LogRequest();
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    request.setSeverity(ephemeral ? LogSeverity.INFO : LogSeverity.WARNING);
    this.send(request, () => undefined);
  }
}
