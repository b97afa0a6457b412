import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { S3Client } from "@aws-sdk/client-s3";
import type { StoreSettings } from "../store/settings.ts";

/** A request on its way to the store. */
export interface Asked {
  readonly method: string;
  /** With the query; of an object, `/bucket/prefix/key`. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Lets the store answer; `cut` breaks the connection after so many bytes of its body. */
  readonly pass: (cut?: number) => Promise<void>;
  /** Answers instead of the store, an error as S3 does. */
  readonly refuse: (status: number, code: string, message?: string) => void;
  readonly response: ServerResponse;
}

/** A store between a client and a real one, that answers some requests as other stores would. */
export class StoreProxy {
  readonly asked: string[] = [];
  /** @default all pass */
  handle: (asked: Asked) => void | Promise<void> = ({ pass }) => pass();
  readonly #server: Server;
  readonly #real: StoreSettings;

  private constructor(real: StoreSettings) {
    this.#real = real;
    this.#server = createServer((incoming, response) => {
      void buffer(incoming).then(async (body) => {
        const { headers, method = "", url = "" } = incoming;
        this.asked.push(`${method} ${url}`);
        const refuse = (status: number, code: string, message = code) => {
          const error = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
          response.writeHead(status, { "content-type": "application/xml", date: new Date().toUTCString() }).end(error);
        };
        const pass = (cut?: number) => this.#pass({ method, url, headers, body }, response, cut);
        await this.handle({ method, url, headers, body, pass, refuse, response });
      });
    });
  }

  static async start(real: StoreSettings): Promise<StoreProxy> {
    const proxy = new StoreProxy(real);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get settings(): StoreSettings {
    return { ...this.#real, endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` };
  }

  /** For what cannot pass as it is, since a request that was changed has another signature. */
  client(): S3Client {
    const { accessKeyId, secretAccessKey, ...rest } = this.#real;
    return new S3Client({ ...rest, credentials: { accessKeyId, secretAccessKey } });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(
    { body, ...asked }: Pick<Asked, "method" | "url" | "headers" | "body">,
    response: ServerResponse,
    cut = Infinity,
  ): Promise<void> {
    const { hostname: host, port } = new URL(this.#real.endpoint!);
    const forwarded = request({
      host,
      port,
      path: asked.url,
      method: asked.method,
      headers: asked.headers,
      agent: false,
    });
    forwarded.on("error", () => response.destroy());
    const answered = once(forwarded, "response");
    forwarded.end(body);
    const [answer] = (await answered) as [IncomingMessage];
    response.writeHead(answer.statusCode!, answer.headers);
    const whole = await buffer(answer);
    if (whole.length <= cut) return void response.end(whole);
    response.write(whole.subarray(0, cut), () => response.destroy());
  }
}
