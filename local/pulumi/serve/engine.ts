import type * as enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import { grpc, lazyProto, maxMessage, service } from "./proto.ts";

export interface Log {
  /** A line next to the resource while it is being worked on; the next one takes its place. */
  status(message: string): void;
  /** A line kept with the resource's diagnostics. */
  warn(message: string): void;
}

type Engine = typeof enginePb;
type LogCall = (request: InstanceType<Engine["LogRequest"]>, done: (error: unknown) => void) => void;

/** Talks to the engine's log; failing to is never a reason to fail the work. */
export class EngineLog {
  private send?: LogCall;
  /** What each resource last said: where output is a plain text, a repeated line is noise. */
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
