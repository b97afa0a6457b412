import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that gives each request the next of its answers, and repeats the last one. */
export class FailingRegistry {
  readonly asked: string[] = [];
  private readonly server = createServer((request, response) => {
    const answer = this.answers[Math.min(this.asked.length, this.answers.length - 1)]!;
    this.asked.push(request.url!);
    answer(request, response);
  });
  private readonly answers: readonly Answer[];

  constructor(...answers: readonly Answer[]) {
    this.answers = answers;
  }

  /** Returns the server's address. */
  start(): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  /** Also ends the requests that are still being answered. */
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export const status =
  (code: number): Answer =>
  (_, response) =>
    void response.writeHead(code).end();

export const never: Answer = () => {};

/** Announces a content length and closes the connection before all of it is sent. */
export const broken: Answer = (_, response) => {
  response.writeHead(200, { "content-length": "1000" }).write("half", () => response.destroy());
};
