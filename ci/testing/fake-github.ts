import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Entry {
  id: number;
  number: number;
  body: string;
  title?: string;
  state?: string;
}

/** The part of GitHub's API that the scripts call. It pages its lists, and refuses a token that may not write. */
export class FakeGitHub {
  comments: Entry[] = [];
  issues: Entry[] = [];
  readonly calls: string[] = [];
  private readonly server = createServer((request, response) => {
    void this.answer(request).then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<[number, unknown]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, "http://fake");
    const path = url.pathname.replace("/repos/acme/acci/", "");
    if (request.method === "GET") return [200, this.page(path, url)];
    if (request.headers.authorization !== "Bearer writer") return [403, { message: "Resource not accessible" }];
    this.calls.push(`${request.method} ${path}`);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Partial<Entry>;
    const list = path.includes("comments") ? this.comments : this.issues;
    if (request.method === "POST") list.push({ id: 1000 + list.length, number: list.length + 1, body: "", ...body });
    else
      Object.assign(
        list.find(({ id, number }) => [id, number].includes(Number(path.split("/").at(-1))))!,
        body,
      );
    return [200, {}];
  }

  private page(path: string, url: URL): Entry[] {
    const all = path.endsWith("comments") ? this.comments : this.issues.filter(({ state }) => state !== "closed");
    const size = Number(url.searchParams.get("per_page"));
    const page = Number(url.searchParams.get("page"));
    return all.slice((page - 1) * size, page * size);
  }
}
