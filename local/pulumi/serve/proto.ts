import { createRequire } from "node:module";
import type * as grpcModule from "@grpc/grpc-js";
import type { ServiceDefinition } from "@grpc/grpc-js";
import type * as enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import type * as languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type * as pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type * as statusPb from "@pulumi/pulumi/proto/status_pb.js";
import type * as anyPb from "google-protobuf/google/protobuf/any_pb.js";
import type * as emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import type * as structPb from "google-protobuf/google/protobuf/struct_pb.js";

type ProtoModule = typeof providerPb & typeof pluginPb & typeof statusPb & typeof enginePb & typeof languagePb;

/** Loads the SDK's own copies, because messages of two google-protobuf versions do not mix, and importing the whole SDK is slow. */
export const sdkRequire = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));

const load = <T>(path: string): T => sdkRequire(path) as T;
type WellKnown = "any_pb" | "empty_pb" | "struct_pb";
const wellKnown = (name: WellKnown): unknown => sdkRequire(`google-protobuf/google/protobuf/${name}.js`);

export const grpc = load<typeof grpcModule>("@grpc/grpc-js");
export const { Any } = wellKnown("any_pb") as typeof anyPb;
export const { Empty } = wellKnown("empty_pb") as typeof emptyPb;
export const { Struct } = wellKnown("struct_pb") as typeof structPb;

const proto = <T = ProtoModule>(name: string): T => load<T>(`./proto/${name}.js`);
export const providerProto = proto("provider_pb");
export const pluginProto = proto("plugin_pb");
export const statusProto = proto("status_pb");
type ServiceOf = Record<string, ServiceDefinition>;
export const service = (file: string, name: string): ServiceDefinition => {
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
