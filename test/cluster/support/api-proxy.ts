import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { kubeconfigOf } from "../../../kubernetes/testing/kubeconfig.ts";
import { kubeconfig } from "../../../local/lib/paths.ts";

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Record<string, string> }[];
  readonly users: readonly { readonly user: Record<string, string> }[];
}

export interface ApiProxy {
  /** Path of a kubeconfig whose context `proxy` leads to it. */
  readonly kubeconfig: string;
  close(): void;
}

/** Another address of the cluster's API; with `uid`, one that claims to be the cluster of that UID. */
export async function apiProxy({ uid }: { uid?: string } = {}): Promise<ApiProxy> {
  const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  const [{ cluster }, { user }] = [clusters[0]!, users[0]!];
  const pem = (data: string | undefined) => Buffer.from(data!, "base64");
  const agent = new https.Agent({
    ca: pem(cluster["certificate-authority-data"]),
    cert: pem(user["client-certificate-data"]),
    key: pem(user["client-key-data"]),
    keepAlive: true,
  });
  const server = http.createServer((request, response) => {
    if (uid && request.url === "/api/v1/namespaces/kube-system") {
      response.setHeader("content-type", "application/json");
      return void response.end(JSON.stringify({ metadata: { uid } }));
    }
    const { headers, method, url } = request;
    const passed = https.request(new URL(url!, cluster["server"]), { agent, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.once("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(path.join(os.tmpdir(), "api-proxy-"));
  const file = path.join(folder, "kubeconfig");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(file, kubeconfigOf(address, "proxy"));
  return {
    kubeconfig: file,
    close: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
