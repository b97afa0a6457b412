import { Gateway, type GatewayArgs } from "./gateway.ts";
import { parseConfig } from "../config/load.ts";
import { buildStack } from "../stack.ts";
import { find, record } from "../test/recorder.ts";
import { stackValues } from "../test/stack-config.ts";

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
const GRANT = "kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant";

const args: GatewayArgs = {
  namespace: "acci-dev",
  host: "api.acci-framework.dev",
  tlsSecret: "acci-framework-tls",
  className: "traefik",
  ports: { http: 8000, https: 8443 },
};
const existing = { name: "public", namespace: "gateways", httpListener: "web", httpsListener: "secure" };

async function recorded(over: Partial<GatewayArgs> = {}) {
  let parentRefs: unknown;
  const resources = await record((opts) => {
    parentRefs = new Gateway("gateway", { ...args, ...over }, opts).parentRefs;
  });
  return { resources, parentRefs };
}

const redirects = [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }];

test("is a Gateway that ends TLS for the host with the stack's certificate, and is waited for", async () => {
  const { parentRefs, resources } = await recorded();
  const { metadata, spec } = find(resources, GATEWAY, "gateway").inputs;
  expect(metadata).toMatchObject({
    name: "acci-framework",
    namespace: "acci-dev",
    annotations: { "pulumi.com/waitFor": "condition=Programmed" },
  });
  expect(spec).toEqual({
    gatewayClassName: "traefik",
    listeners: [
      { name: "http", protocol: "HTTP", port: 8000, hostname: args.host },
      {
        name: "https",
        protocol: "HTTPS",
        port: 8443,
        hostname: args.host,
        tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: "acci-framework-tls" }] },
      },
    ],
  });
  expect(parentRefs).toEqual([{ name: "acci-framework", sectionName: "https" }]);
});

test("plain HTTP has a route of its own, to HTTPS", async () => {
  const { spec } = find((await recorded()).resources, ROUTE, "gateway-redirect").inputs;
  expect(spec).toEqual({
    parentRefs: [{ name: "acci-framework", sectionName: "http" }],
    hostnames: [args.host],
    rules: redirects,
  });
});

test("a Gateway that is there already is used, and may read the certificate and nothing else", async () => {
  const { parentRefs, resources } = await recorded({ existing });
  expect(resources.filter(({ type }) => type === GATEWAY)).toEqual([]);
  expect(find(resources, GRANT, "gateway-grant").inputs["spec"]).toEqual({
    from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "gateways" }],
    to: [{ group: "", kind: "Secret", name: "acci-framework-tls" }],
  });
  expect(find(resources, ROUTE, "gateway-redirect").inputs["spec"].parentRefs).toEqual([
    { name: "public", namespace: "gateways", sectionName: "web" },
  ]);
  expect(parentRefs).toEqual([{ name: "public", namespace: "gateways", sectionName: "secure" }]);
});

describe("the stack, by acci:exposure.mode", () => {
  const built = (exposure: object) => {
    const values = stackValues("dev");
    const config = parseConfig("dev", { ...values, exposure: { ...values["exposure"], ...exposure } });
    return record((opts) => void buildStack(config, {}, opts), { stack: "dev" });
  };
  const traefikOf = (resources: Awaited<ReturnType<typeof built>>) =>
    find(resources, "kubernetes:helm.sh/v3:Release", "addons-traefik").inputs["values"].providers;

  test("ingress has no Gateway", async () => {
    const resources = await built({ mode: "ingress" });
    expect(resources.filter(({ type }) => type.includes("gateway"))).toEqual([]);
    expect(traefikOf(resources)).not.toHaveProperty("kubernetesGateway");
  });

  test("gateway has one, and a Traefik that serves it", async () => {
    const resources = await built({ mode: "gateway" });
    expect(find(resources, GATEWAY, "gateway").inputs["spec"].gatewayClassName).toBe("traefik");
    expect(traefikOf(resources).kubernetesGateway).toEqual({ enabled: true });
  });

  test("gateway with one that is there already leaves Traefik alone", async () => {
    const resources = await built({
      mode: "gateway",
      gateway: { existing: { name: "public", namespace: "gateways" } },
    });
    expect(traefikOf(resources)).not.toHaveProperty("kubernetesGateway");
    const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs;
    expect(values.gateway.parentRefs).toEqual([{ name: "public", namespace: "gateways", sectionName: "https" }]);
  });
});
