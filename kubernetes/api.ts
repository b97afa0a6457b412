import http from "node:http";
import https from "node:https";
import { type Credentials, credentialsFor, type Whereabouts } from "./credentials.ts";

/** The API server of the cluster that a stack deploys to. */
export interface KubeApi {
  /** The answer's body, parsed if it is JSON. Fails with an {@link ApiError}. */
  ask<T>(path: string, request?: Request): Promise<T>;
}

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: object;
  /** Of the body. @default application/json */
  readonly contentType?: string;
  readonly accept?: string;
}

/** The API server has refused. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** For `catch`: undefined for an object that is not there. */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}

const TIMEOUT_MS = 30_000;

export async function openApi(at: Whereabouts): Promise<KubeApi> {
  const credentials = await credentialsFor(at);
  return { ask: (path, request = {}) => send(credentials, path, request) };
}

/**
 * Opens the API when it is first asked for, and once for all: a kubeconfig may name a program that fetches a token, which takes a second
 * each time. Not for longer than the minutes that such a token is valid.
 */
export function openOnce(at: Whereabouts): () => Promise<KubeApi> {
  let opened: Promise<KubeApi> | undefined;
  return () => (opened ??= openApi(at));
}

function send<T>({ options, server }: Credentials, path: string, request: Request): Promise<T> {
  const { accept = "application/json", body, contentType = "application/json", method = "GET" } = request;
  const headers = { ...options.headers, accept, ...(body ? { "content-type": contentType } : {}) };
  const place = `cluster at ${server.origin}`;
  const { request: open } = server.protocol === "http:" ? http : https;
  return new Promise<T>((resolve, reject) => {
    const asked = open(new URL(server.pathname.replace(/\/$/, "") + path, server), { ...options, headers, method });
    asked.setTimeout(TIMEOUT_MS, () => asked.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    asked.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new Error(`${place}: must answer, got ${error.message || error.code}; look whether it is up`, { cause: error }),
      );
    });
    asked.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (text += part));
      answer.once("error", reject);
      answer.once("end", () => {
        const { statusCode = 0 } = answer;
        const isJson = answer.headers["content-type"]?.includes("json") ?? false;
        if (statusCode < 300) return resolve((isJson ? JSON.parse(text) : text) as T);
        const said = isJson ? (JSON.parse(text) as { message?: string }).message : undefined;
        reject(new ApiError(statusCode, `${place}: must allow ${method} ${path}, got ${statusCode} ${said ?? text}`));
      });
    });
    asked.end(body && JSON.stringify(body));
  });
}

/** API path of objects of the core group in a namespace. */
export const pathOf = (namespace: string, what: string, query: Readonly<Record<string, string>> = {}): string => {
  const search = new URLSearchParams(query).toString();
  return `/api/v1/namespaces/${namespace}/${what}${search ? `?${search}` : ""}`;
};
