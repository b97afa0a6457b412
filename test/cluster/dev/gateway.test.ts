import { kubectl } from "../../../local/cluster/cluster.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { ask, askPlainly, host, kube, readNote, until, writeNote } from "../support/site.ts";
import { handshake, HANDSHAKES } from "../support/tls.ts";

const up = (...args: string[]) => ["up", "--yes", "--skip-preview", ...args];
const config = { "acci:exposure": { mode: "gateway" } };

/** The objects of both ways in: Ingress and Gateway API. */
const routes = async () =>
  (await kube(["get", "ingresses,gateways,httproutes,referencegrants", "-o", "name"])).split("\n").filter(Boolean);

const named = (name: RegExp) => expect.stringMatching(name) as string;
const gatewayRoutes = [
  "gateway.gateway.networking.k8s.io/acci-framework",
  "httproute.gateway.networking.k8s.io/acci-framework",
  named(/^httproute\.gateway\.networking\.k8s\.io\/gateway-redirect-[0-9a-f]{8}$/),
];

/** A certificate for the site's own host, requested by a new ACME account that has not proved control of it. */
async function newAccount(name: string) {
  const issuer = JSON.parse(await kubectl(["get", "clusterissuer", "letsencrypt-prod", "-o", "json"])) as {
    spec: { acme: object };
  };
  const acme = { ...issuer.spec.acme, privateKeySecretRef: { name } };
  return [
    { apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: { name }, spec: { acme } },
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name },
      spec: { secretName: `${name}-tls`, dnsNames: [host], issuerRef: { name, kind: "Issuer" } },
    },
  ];
}

describe("the Gateway API instead of an Ingress", () => {
  let isBack = false;
  beforeAll(() => pulumi("dev", up(), { config }));
  afterAll(async () => {
    if (!isBack) await pulumi("dev", up());
  });

  it("is what the site is reached by, and there is no Ingress", async () => {
    expect(await routes()).toEqual(gatewayRoutes);
    await until("the route", 60, async () => (await ask("/health")).status === 200);
    const { id } = await writeNote("through the Gateway");
    expect((await readNote(id)).status).toBe(200);
  });

  it("sends plain HTTP to HTTPS", async () => {
    expect(await askPlainly("/health?x=1")).toBe(`301 https://${host}/health?x=1`);
  });

  it.each(HANDSHAKES)("answers a client that offers %j alone: %s", async (offer, answer) => {
    expect(await handshake(offer)).toBe(answer);
  });

  it("keeps metrics and readiness off the public route", async () => {
    expect((await ask("/metrics")).status).toBe(404);
    expect((await ask("/ready")).status).toBe(404);
  });

  it("still lets ACME challenges through on the very host", async () => {
    const name = "second-account";
    const objects = JSON.stringify({ apiVersion: "v1", kind: "List", items: await newAccount(name) });
    await kube(["apply", "-f", "-"], objects);
    try {
      await kube(["wait", "--for=condition=Ready", `certificate/${name}`, "--timeout=180s"]);
    } finally {
      await kube(["delete", "-f", "-"], objects);
      await kube(["delete", "secret", name, `${name}-tls`, "--ignore-not-found"]);
    }
  });

  it("is not changed by a second up, nor by what the cluster adds", async () => {
    await pulumi("dev", up("--expect-no-changes"), { config });
    await pulumi("dev", ["refresh", "--preview-only", "--diff", "--expect-no-changes"], { config });
  });

  it("gives way to the Ingress again, and leaves nothing", async () => {
    await pulumi("dev", up());
    isBack = true;
    expect(await routes()).toEqual(["ingress.networking.k8s.io/acci-framework"]);
    await until("the route", 60, async () => (await ask("/health")).status === 200);
    expect(await askPlainly("/health")).toBe(`308 https://${host}/health`);
  });
});
