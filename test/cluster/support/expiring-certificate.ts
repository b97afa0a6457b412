import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../../tooling/run.ts";

const NAME = "expiring";
const UNISSUED = "unissued";
/** What is to be deleted in the end. */
export const EXPIRING = [`certificate/${NAME}`, `certificate/${UNISSUED}`, `secret/${NAME}`];
const HOST = "expiring.test";
const DAY_MS = 86_400_000;

/** A Certificate whose issuer is gone. */
const certificate = (name: string) => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name },
  spec: { secretName: name, dnsNames: [HOST], issuerRef: { name: "gone" } },
});

/** What `openssl ca` needs: unlike `openssl x509`, it can make a certificate that began in the past. */
const CONFIGURATION = `
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
subjectAltName = DNS:${HOST}
`;

/** 20260131020000Z */
const asn1 = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;

/** A certificate that has been valid for 80 days and is for 5 more, and one that was never issued; nobody renews or issues them. */
export async function expiring(): Promise<object> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "expiring-"));
  try {
    for (const [file, text] of Object.entries({ "index.txt": "", serial: "01\n", "ca.cnf": CONFIGURATION }))
      writeFileSync(path.join(folder, file), text);
    const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tls.key"];
    await openssl("req", "-new", ...key, "-subj", `/CN=${HOST}`, "-out", "csr");
    const dates = ["-startdate", asn1(Date.now() - 80 * DAY_MS), "-enddate", asn1(Date.now() + 5 * DAY_MS)];
    const signed = ["-selfsign", "-keyfile", "tls.key", "-in", "csr", "-out", "tls.crt", "-notext", "-batch"];
    await openssl("ca", "-config", "ca.cnf", ...signed, ...dates);
    const stringData = Object.fromEntries(
      ["tls.key", "tls.crt"].map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
    );
    return {
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "Secret", metadata: { name: NAME }, type: "kubernetes.io/tls", stringData },
        certificate(NAME),
        certificate(UNISSUED),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
