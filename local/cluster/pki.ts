import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { apiServiceAddress, node, nodeAddress, ports } from "../lib/addresses.ts";
import { kubeconfig, inState, pki } from "../lib/paths.ts";
import { run } from "../../tooling/run.ts";

const days = "3650";
const inPki = (name: string) => path.join(pki, name);
const openssl = (...args: string[]) => run("openssl", args, { cwd: pki });
const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function issue(name: string, subject: string, extensions: string[]): Promise<void> {
  writeFileSync(inPki(`${name}.ext`), extensions.join("\n"));
  await openssl("req", ...elliptic, "-subj", subject, "-keyout", `${name}.key`, "-out", `${name}.csr`);
  await openssl(
    ..."x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial".split(" "),
    ...["-in", `${name}.csr`, "-days", days, "-extfile", `${name}.ext`, "-out", `${name}.crt`],
  );
}

const server = (...names: string[]) => [`subjectAltName=${names.join(",")}`, "extendedKeyUsage=serverAuth,clientAuth"];
const client = ["extendedKeyUsage=clientAuth"];

/** Writes a kubeconfig with its certificates embedded, so that it can be copied. JSON is valid YAML. */
function writeKubeconfig(file: string, certificate: string): void {
  const content = (name: string) => readFileSync(inPki(name)).toString("base64");
  const name = "acci-local";
  writeFileSync(
    file,
    JSON.stringify(
      {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          {
            name,
            cluster: { server: `https://${nodeAddress}:${ports.api}`, "certificate-authority-data": content("ca.crt") },
          },
        ],
        users: [
          {
            name,
            user: {
              "client-certificate-data": content(`${certificate}.crt`),
              "client-key-data": content(`${certificate}.key`),
            },
          },
        ],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
      },
      null,
      2,
    ),
    { mode: 0o600 },
  );
}

/**
 * Certificates by which the database's operator and its plugin authenticate each other. On other clusters cert-manager issues them; here
 * it is installed later.
 */
export async function pluginCertificates(): Promise<Readonly<Record<"client" | "server", KeyPair>>> {
  await selfSign("barman-client", "/CN=barman-cloud-client");
  await selfSign("barman-server", "/CN=barman-cloud", "subjectAltName=DNS:barman-cloud");
  return { client: keyPair("barman-client"), server: keyPair("barman-server") };
}

type KeyPair = Readonly<Record<"tls.crt" | "tls.key", string>>;

const keyPair = (name: string): KeyPair => ({
  "tls.crt": readFileSync(inPki(`${name}.crt`), "utf8"),
  "tls.key": readFileSync(inPki(`${name}.key`), "utf8"),
});

/**
 * Makes a self-signed certificate, because each side trusts the other's certificate itself, and a client only presents one whose issuer
 * the server names.
 */
async function selfSign(name: string, subject: string, ...extensions: string[]): Promise<void> {
  if (existsSync(inPki(`${name}.crt`))) return;
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const files = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
  await openssl("req", "-x509", ...elliptic, "-days", days, "-subj", subject, ...added, ...files);
}

/** Creates the cluster's certificate authority, the certificates of its components and their kubeconfigs, once. */
export async function ensurePki(): Promise<void> {
  const done = inPki("complete");
  if (existsSync(done)) return;
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  mkdirSync(inState("kubeconfig"), { recursive: true, mode: 0o700 });

  await openssl(
    "req",
    "-x509",
    ...elliptic,
    "-days",
    days,
    "-subj",
    "/CN=acci-local",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
  );
  await openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "sa.key");
  await openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub");

  const kubernetes = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"].map(
    (name) => `DNS:${name}`,
  );
  const addresses = ["127.0.0.1", apiServiceAddress, nodeAddress].map((address) => `IP:${address}`);
  await issue("apiserver", "/CN=kube-apiserver", server(...addresses, ...kubernetes));
  await issue(
    "node",
    `/O=system:nodes/CN=system:node:${node}`,
    server(`DNS:${node}`, `IP:${nodeAddress}`, "IP:127.0.0.1"),
  );
  await issue("services", "/CN=acci-local-services", server(`IP:${nodeAddress}`, "IP:127.0.0.1", "DNS:localhost"));
  await issue("admin", "/O=system:masters/CN=admin", client);
  await issue("controller-manager", "/CN=system:kube-controller-manager", client);
  await issue("scheduler", "/CN=system:kube-scheduler", client);
  await issue("proxy", "/CN=system:kube-proxy", client);
  await issue("front-proxy", "/CN=front-proxy-client", client);

  for (const name of ["controller-manager", "scheduler", "node", "proxy"])
    writeKubeconfig(inState("kubeconfig", name), name);
  writeKubeconfig(kubeconfig, "admin");
  writeFileSync(done, "");
}
