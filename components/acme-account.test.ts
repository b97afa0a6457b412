import { own } from "./acme-account.ts";
import type { KubeApi, Request } from "../kubernetes/api.ts";

test("the key of an ACME account belongs to its issuer, whatever else it has", async () => {
  const sent: [string, Request][] = [];
  const secret = { metadata: { name: "acme-account", resourceVersion: "7" }, data: { "tls.key": "a2V5" } };
  const ask = async (path: string, request: Request = {}) => {
    sent.push([path, request]);
    return secret;
  };
  const account = { cluster: {}, namespace: "cert-manager", name: "acme-account" };
  await own({ ask } as unknown as KubeApi, account, { metadata: { name: "acme", uid: "1" } });
  const owner = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", name: "acme", uid: "1" };
  const body = { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } };
  expect(sent[1]).toEqual(["/api/v1/namespaces/cert-manager/secrets/acme-account", { method: "PUT", body }]);
});
