import { isObject, object, unknown, type Props } from "../serve/values.ts";

const assigned = ["uid", "resourceVersion", "creationTimestamp"];

/** What a new object will look like: whatever the server assigns at creation is not known yet. */
export function previewOf(state: Props): Props {
  const { status: _status, ...rest } = state;
  const metadata = isObject(rest.metadata)
    ? { ...rest.metadata, ...Object.fromEntries(assigned.map((field) => [field, unknown])) }
    : rest.metadata;
  if (rest.kind !== "Service" || !isObject(rest.spec)) return { ...rest, metadata };
  // A headless service says so itself; any other address that a dry run shows is not kept.
  const { clusterIP, clusterIPs: _ips, ...spec } = object(rest.spec);
  return { ...rest, metadata, spec: { ...spec, clusterIP: clusterIP === "None" ? clusterIP : unknown } };
}
