import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { at, object, text, type Props } from "../serve/values.ts";
import { isMap } from "../../../tooling/maps.ts";

/**
 * An API server that keeps applied objects and returns them, without a real server's rules. It cannot prove that a real server accepts a
 * manifest, defaults it or makes anything ready; the cluster tests do.
 */
export class FakeApi {
  readonly objects = new Map<string, Props>();
  readonly requests: string[] = [];
  /** Field managers of all applies. */
  readonly managers: string[] = [];
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const server = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return JSON.stringify({
      "current-context": "fake",
      contexts: [{ name: "fake", context: { cluster: "fake", user: "fake", namespace: "here" } }],
      clusters: [{ name: "fake", cluster: { server } }],
      users: [{ name: "fake", user: {} }],
    });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    this.requests.push(`${request.method} ${url.pathname}${url.searchParams.has("dryRun") ? " (dry run)" : ""}`);
    const [status, answer] = this.respond(request.method ?? "", url, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  private respond(method: string, url: URL, body: unknown): [number, unknown] {
    if (url.pathname === "/version") return [200, { gitVersion: "fake" }];
    if (url.pathname === "/api/v1")
      return [200, { resources: resources(["ConfigMap", "Secret", "Pod", "Namespace", "Event"]) }];
    if (url.pathname === "/apis/apps/v1") return [200, { resources: resources(["Deployment"]) }];
    if (url.pathname === "/apis/batch/v1") return [200, { resources: resources(["Job"]) }];
    if (method === "GET" && /\/(pods|events)$/.test(url.pathname)) return [200, { items: [] }];
    const known = this.objects.get(url.pathname);
    if (method === "PATCH" && Array.isArray(body)) return this.patch(url, known, body as Props[]);
    if (method === "PATCH") return this.apply(url, known, body);
    if (!known) return [404, { message: `${url.pathname} not found` }];
    if (method === "DELETE") this.objects.delete(url.pathname);
    return [200, known];
  }

  /** Applies JSON patches of the metadata; no other patches are needed. */
  private patch(url: URL, known: Props | undefined, operations: Props[]): [number, unknown] {
    const changed = operations.map(({ path, value }) => [text(path).replace("/metadata/", ""), value] as const);
    const patched = { ...known, metadata: { ...object(known?.metadata), ...Object.fromEntries(changed) } };
    this.objects.set(url.pathname, patched);
    return [200, patched];
  }

  private apply(url: URL, known: Props | undefined, body: unknown): [number, unknown] {
    const applied = object(body);
    this.managers.push(url.searchParams.get("fieldManager") ?? "");
    if (at(applied, "data", "conflict") !== undefined) return [409, { message: "Apply failed with 1 conflict" }];
    if (applied.wrong !== undefined) return [400, { message: ".wrong: field not declared in schema" }];
    const data = applied.kind === "Secret" ? encode(applied) : {};
    const { stringData: _write, ...rest } = applied;
    const namespace = /namespaces\/([^/]+)\//.exec(url.pathname)?.[1];
    const metadata = {
      ...object(applied.metadata),
      namespace,
      uid: at(known, "metadata", "uid") ?? `uid-${this.objects.size}`,
      managedFields: at(known, "metadata", "managedFields") ?? [{}],
    };
    const stored = { ...rest, ...data, metadata };
    if (!url.searchParams.has("dryRun")) this.objects.set(url.pathname, stored);
    return [200, stored];
  }
}

const resources = (kinds: string[]) =>
  kinds.map((kind) => ({ kind, name: `${kind.toLowerCase()}s`, namespaced: kind !== "Namespace" }));

function encode({ data, stringData }: Props): Props {
  const added = isMap(stringData) ? stringData : {};
  const encoded = Object.entries(added).map(([key, value]) => [key, Buffer.from(text(value)).toString("base64")]);
  return { data: { ...object(data), ...Object.fromEntries(encoded) } };
}
