import { choice, dnsLabel, map, pattern, section, text, wholeNumber } from "./types.ts";

const DNS_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;

export const tls = section("The certificate of the public host.", {
  issuer: dnsLabel("Name of the ClusterIssuer.", "letsencrypt-prod").default("letsencrypt-prod"),
  server: pattern(/^https:\/\//, "an https address", "ACME directory.", "https://acme.example.com/directory").default(
    "https://acme-v02.api.letsencrypt.org/directory",
  ),
  email: pattern(
    /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
    "a mail address",
    "Who hears of expiring certificates.",
    "ops@example.com",
  ),
  caBundle: text(
    "PEM certificates the ACME server is trusted by, for a private CA.",
    "-----BEGIN CERTIFICATE-----…",
  ).optional(),
});

export const exposure = section("How the application is reached from outside.", {
  mode: choice(["ingress", "gateway"], "Kind of route: an Ingress, or an HTTPRoute of the Gateway API.").default(
    "ingress",
  ),
  className: dnsLabel(
    "IngressClass of the route, and in either mode of what answers ACME challenges.",
    "nginx",
  ).default("nginx"),
  host: pattern(DNS_NAME, "a host name", "Public host.", "api.acci-framework.dev"),
  annotations: map(
    "Annotations of the Ingress or HTTPRoute, for what the controller is to enforce.",
    "{nginx.ingress.kubernetes.io/limit-rps: '20'}",
  ).default({}),
  hstsSeconds: wholeNumber(
    0,
    63_072_000,
    "How long browsers refuse plain HTTP for the host and its subdomains; 0 leaves the header out.",
  ).default(31_536_000),
  rateLimit: section("Requests of one client address to one pod; no limit when unset.", {
    perSecond: wholeNumber(1, 100_000, "Requests a second in the long run."),
    burst: wholeNumber(1, 100_000, "Requests at once."),
    proxies: wholeNumber(1, 10, "Proxies in front that add to x-forwarded-for.").default(1),
  }).optional(),
  gateway: section("The Gateway, when the mode is gateway.", {
    className: dnsLabel("GatewayClass of the one that is made.", "traefik").default("traefik"),
    ports: section("Ports of its listeners. Traefik wants those of its entry points, others 80 and 443.", {
      http: wholeNumber(1, 65535, "Port that sends everyone to HTTPS.").default(8000),
      https: wholeNumber(1, 65535, "Port that ends TLS.").default(8443),
    }).prefault({}),
    existing: section("A Gateway that is there already. It is used, and none is made.", {
      name: dnsLabel("Its name.", "public"),
      namespace: dnsLabel("Its namespace.", "gateways"),
      httpListener: dnsLabel("Its listener without TLS.", "http").default("http"),
      httpsListener: dnsLabel("Its listener that ends TLS with the secret acci-framework-tls.", "https").default(
        "https",
      ),
    }).optional(),
  }).prefault({}),
  controller: section("The pods that forward traffic to the application.", {
    namespace: dnsLabel("Their namespace; Traefik's when unset.", "ingress").optional(),
    podLabels: map("Their labels.", "{app.kubernetes.io/name: traefik}").default({
      "app.kubernetes.io/name": "traefik",
    }),
    address: pattern(
      /^[a-z0-9.-]+(:\d+)?$/,
      "a host, or host:port",
      "Where the cluster reaches them by HTTPS, for the smoke test after a failover; the Service traefik in their namespace when unset.",
      "ingress-nginx-controller.ingress-nginx.svc:443",
    ).optional(),
  }).prefault({}),
});
