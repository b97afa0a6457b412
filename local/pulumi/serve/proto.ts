import { createRequire } from "node:module";

type ProtoModule = typeof import("@pulumi/pulumi/proto/provider_pb.js") &
  typeof import("@pulumi/pulumi/proto/plugin_pb.js") &
  typeof import("@pulumi/pulumi/proto/status_pb.js") &
  typeof import("@pulumi/pulumi/proto/engine_pb.js") &
  typeof import("@pulumi/pulumi/proto/language_pb.js");

/** The SDK's own copies: messages of two google-protobuf versions do not mix, and importing the whole SDK is slow. */
export const sdkRequire = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));

const load = <T>(path: string): T => sdkRequire(path) as T;
type WellKnown = "any_pb" | "empty_pb" | "struct_pb";
const wellKnown = (name: WellKnown): unknown => sdkRequire(`google-protobuf/google/protobuf/${name}.js`);

export const grpc = load<typeof import("@grpc/grpc-js")>("@grpc/grpc-js");
export const { Any } = wellKnown("any_pb") as typeof import("google-protobuf/google/protobuf/any_pb.js");
export const { Empty } = wellKnown("empty_pb") as typeof import("google-protobuf/google/protobuf/empty_pb.js");
export const { Struct } = wellKnown("struct_pb") as typeof import("google-protobuf/google/protobuf/struct_pb.js");

const proto = <T = ProtoModule>(name: string): T => load<T>(`./proto/${name}.js`);
export const providerProto = proto("provider_pb");
export const pluginProto = proto("plugin_pb");
export const statusProto = proto("status_pb");
type ServiceOf = Record<string, import("@grpc/grpc-js").ServiceDefinition>;
export const service = (file: string, name: string): import("@grpc/grpc-js").ServiceDefinition => {
  const definition = proto<ServiceOf>(`${file}_grpc_pb`)[name];
  if (!definition)
    throw new Error(`${file}: has no service ${name}; update local/pulumi to the installed @pulumi/pulumi`);
  return definition;
};
export const lazyProto = proto;

export const maxMessage = {
  "grpc.max_receive_message_length": 400 << 20,
  "grpc.max_send_message_length": 400 << 20,
};
