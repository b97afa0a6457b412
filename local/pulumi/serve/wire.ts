import { PartialFailure } from "./errors.ts";
import { Any, grpc, providerProto as proto, statusProto, Struct } from "./proto.ts";
import type { Diff, DiffKind } from "./diff.ts";
import type { Autonaming, Checked } from "./provider.ts";
import { type Props, type Value } from "./values.ts";
import { isMap } from "../../../tooling/maps.ts";

type StructMessage = InstanceType<typeof Struct>;

/** Union of the getters of all provider requests; each handler uses those of its own request. */
export interface Request {
  getUrn(): string;
  getId(): string;
  getTok(): string;
  getEngineAddress(): string;
  getOlds(): StructMessage | undefined;
  getNews(): StructMessage | undefined;
  getArgs(): StructMessage | undefined;
  getInputs(): StructMessage | undefined;
  getOldInputs(): StructMessage | undefined;
  getProperties(): StructMessage | undefined;
  getIgnorechangesList?(): string[];
  getPreview?(): boolean;
  getTimeout?(): number;
  getAutonaming?(): { getProposedName(): string; getMode(): number } | undefined;
}

export const properties = (message: StructMessage | undefined): Props => (message?.toJavaScript() ?? {}) as Props;

/** Converts through JSON, because `fromJavaScript` does not accept undefined. */
export const struct = (props: Props): StructMessage =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Parameters<typeof Struct.fromJavaScript>[0]);

export function callerOf(request: Request) {
  const [, , types = "", ...name] = request.getUrn().split("::");
  return {
    urn: request.getUrn(),
    type: types.split("$").at(-1) ?? "",
    name: name.join("::"),
    preview: request.getPreview?.() ?? false,
    timeoutSeconds: request.getTimeout?.() ?? 0,
    autonaming: autonamingOf(request),
    ignoreChanges: request.getIgnorechangesList?.() ?? [],
  };
}

function autonamingOf(request: Request): Autonaming | undefined {
  const options = request.getAutonaming?.();
  if (!options) return undefined;
  const { Mode } = proto.CheckRequest.AutonamingOptions;
  return {
    proposedName: options.getProposedName(),
    enforced: options.getMode() === Mode.ENFORCE,
    disabled: options.getMode() === Mode.DISABLE,
  };
}

/** Applies ignoreChanges to the plain top-level and nested keys that the engine left; it has applied it to known values already. */
export function ignoreChanges(olds: Props, news: Props, paths: readonly string[]): Props {
  return paths.reduce((result, path) => overlay(result, olds, path.split(".")), news);
}

function overlay(news: Props, olds: Props, [key = "", ...rest]: string[]): Props {
  if (rest.length > 0 && isMap(news[key]) && isMap(olds[key]))
    return { ...news, [key]: overlay(news[key], olds[key], rest) };
  if (rest.length > 0) return news;
  const result: Record<string, Value> = { ...news };
  if (key in olds) result[key] = olds[key];
  else delete result[key];
  return result;
}

export function checkResponse({ inputs, failures = [] }: Checked) {
  const response = new proto.CheckResponse();
  response.setInputs(struct(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

export function diffResponse({ detailed, deleteBeforeReplace = false }: Diff) {
  const { Kind } = proto.PropertyDiff;
  const kinds: Record<DiffKind, number> = {
    add: Kind.ADD,
    delete: Kind.DELETE,
    update: Kind.UPDATE,
    "add-replace": Kind.ADD_REPLACE,
    "delete-replace": Kind.DELETE_REPLACE,
    "update-replace": Kind.UPDATE_REPLACE,
  };
  const response = new proto.DiffResponse();
  for (const [path, kind] of Object.entries(detailed)) {
    const property = new proto.PropertyDiff();
    property.setKind(kinds[kind] as never);
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(path, property);
  }
  const paths = Object.keys(detailed);
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setHasdetaileddiff(true);
  response.setChanges(paths.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...new Set(paths.map((path) => path.split(/[.[]/)[0] ?? path))]);
  response.setReplacesList(paths.filter((path) => detailed[path]?.endsWith("-replace")));
  response.setDeletebeforereplace(deleteBeforeReplace);
  return response;
}

/** A gRPC error; for a partial failure it carries the state to record. */
export function statusError(error: unknown) {
  const details = error instanceof Error ? error.message : String(error);
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof PartialFailure)) return { code, details };
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setInputs(struct(error.inputs));
  detail.setProperties(struct(error.state));
  detail.setReasonsList([details]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusProto.Status();
  status.setCode(code);
  status.setMessage(details);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}
