import { Tls, type TlsArgs } from "./tls.ts";
import { find, record } from "../test/recorder.ts";

const args: TlsArgs = {
  namespace: "acci-dev",
  host: "api.acci-framework.dev",
  issuer: "letsencrypt-prod",
  account: "letsencrypt-prod-account",
  acme: { server: "https://acme-v02.api.letsencrypt.org/directory", email: "ops@acci-framework.dev" },
  ingressClassName: "nginx",
};
const recorded = (acme: Partial<TlsArgs["acme"]> = {}) =>
  record((opts) => void new Tls("tls", { ...args, acme: { ...args.acme, ...acme } }, opts));

test("the issuer proves the host over HTTP, through the class of the route", async () => {
  const { inputs } = find(await recorded(), "kubernetes:cert-manager.io/v1:ClusterIssuer", "tls-issuer");
  expect(inputs["metadata"].name).toBe("letsencrypt-prod");
  expect(inputs["spec"].acme).toEqual({
    server: args.acme.server,
    email: args.acme.email,
    privateKeySecretRef: { name: "letsencrypt-prod-account" },
    solvers: [{ http01: { ingress: { class: "nginx", serviceType: "ClusterIP" } } }],
  });
});

test("a private CA is handed over in base64", async () => {
  const { inputs } = find(
    await recorded({ caBundle: "PEM" }),
    "kubernetes:cert-manager.io/v1:ClusterIssuer",
    "tls-issuer",
  );
  expect(inputs["spec"].acme.caBundle).toBe("UEVN");
});

test("the certificate is waited for", async () => {
  const { inputs } = find(await recorded(), "kubernetes:cert-manager.io/v1:Certificate", "tls");
  expect(inputs["metadata"].annotations["pulumi.com/waitFor"]).toBe("condition=Ready");
  expect(inputs["spec"]).toMatchObject({
    secretName: "acci-framework-tls",
    dnsNames: ["api.acci-framework.dev"],
    issuerRef: { name: "letsencrypt-prod", kind: "ClusterIssuer" },
  });
});
