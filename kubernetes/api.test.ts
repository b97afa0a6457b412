import { spawnSync } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { connect } from "../diagnosis/cluster.ts";
import { credentialsFor } from "./credentials.ts";
import { openApi } from "./api.ts";
import { kubeconfigOf } from "./testing/kubeconfig.ts";

const kubeconfig = (server: string, user: object = { token: "t0ken" }) => kubeconfigOf(server, "here", user);

let server: http.Server;
let place: string;
const asked: http.IncomingMessage[] = [];
beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(request);
    if (request.url!.includes("/log?")) return void response.setHeader("content-type", "text/plain").end("said");
    response.setHeader("content-type", "application/json");
    if (request.url!.includes("/secrets")) return void response.writeHead(403).end('{"message":"not yours"}');
    response.end(JSON.stringify({ items: [{ metadata: { name: "one" } }] }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test("asks with the token of the context, below the path of the server", async () => {
  const cluster = await connect({ kubeconfig: kubeconfig(`${place}/clusters/one`) });
  expect(await cluster.pods("acci", "a=b")).toEqual([{ metadata: { name: "one" } }]);
  const { headers, url } = asked.at(-1)!;
  expect([url, headers.authorization]).toEqual([
    "/clusters/one/api/v1/namespaces/acci/pods?labelSelector=a%3Db",
    "Bearer t0ken",
  ]);
});

test("a log is text", async () => {
  const cluster = await connect({ kubeconfig: kubeconfig(place) });
  expect(await cluster.log("acci", "pod", "main", true)).toBe("said");
  expect(asked.at(-1)!.url).toBe("/api/v1/namespaces/acci/pods/pod/log?container=main&previous=true&tailLines=10");
});

test("a refusal and a cluster that is away are told", async () => {
  const api = await openApi({ kubeconfig: kubeconfig(place) });
  await expect(api.ask("/api/v1/namespaces/acci/secrets")).rejects.toThrow(
    `cluster at ${place}: must allow GET /api/v1/namespaces/acci/secrets, got 403 not yours`,
  );
  const away = await openApi({ kubeconfig: kubeconfig("http://127.0.0.1:9") });
  await expect(away.ask("/version")).rejects.toThrow(
    /cluster at http:\/\/127.0.0.1:9: must answer, got .*ECONNREFUSED/,
  );
});

/** In a process of its own: Jest cannot load the client of Kubernetes. */
const inNode = (at: object) =>
  spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { credentialsFor } = await import(${JSON.stringify(path.resolve("kubernetes/credentials.ts"))});
       const told = await credentialsFor(${JSON.stringify(at)}).then(({ options }) => options.auth, (error) => error.message);
       console.log(told);`,
    ],
    { encoding: "utf8" },
  ).stdout.trim();

test("what only the client of Kubernetes can read is left to it", async () => {
  expect(inNode({ kubeconfig: kubeconfig("https://127.0.0.1:9", { username: "u", password: "p" }) })).toBe("u:p");
  expect(inNode({ kubeconfig: kubeconfig(place), context: "nowhere" })).toBe(
    "acci:cluster.context: must be in the kubeconfig, got nowhere; it has here",
  );
  await expect(credentialsFor({ kubeconfig: "/no/such/file" })).rejects.toThrow(
    "acci:cluster.kubeconfig: must be a file that can be read, got /no/such/file; correct it, or KUBECONFIG",
  );
});
