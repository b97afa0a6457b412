import tls, { type SecureVersion } from "node:tls";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { acmeRoots } from "../../../local/stack/route.ts";
import { host } from "./site.ts";

/** What a client offers; the rest is OpenSSL's default. */
interface Offer {
  readonly version: SecureVersion;
  /** Suite of TLS 1.2, by OpenSSL's name. */
  readonly suite?: string;
  readonly curve?: string;
}

/** Connects to the route. Returns the version of TLS, or the error code of a refusal. */
export async function handshake({ curve, suite = "DEFAULT", version }: Offer): Promise<string> {
  const ca = await acmeRoots();
  return new Promise((resolve) => {
    const socket = tls.connect({
      ...{ host: nodeAddress, port: 443, servername: host, ca },
      ...{ minVersion: version, maxVersion: version },
      ...(curve ? { ecdhCurve: curve } : {}),
      // Without this the client itself would refuse the old versions, which proves nothing about the route.
      ciphers: `${suite}@SECLEVEL=0`,
    });
    socket.once("secureConnect", () => {
      resolve(socket.getProtocol() ?? "no protocol");
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const VERSION_REFUSED = "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION";
const REFUSED = "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE";

/** What clients offer, with the result that each must have: Mozilla's intermediate profile. */
export const HANDSHAKES: readonly (readonly [Offer, string])[] = [
  [{ version: "TLSv1" }, VERSION_REFUSED],
  [{ version: "TLSv1.1" }, VERSION_REFUSED],
  [{ version: "TLSv1.2" }, "TLSv1.2"],
  [{ version: "TLSv1.3" }, "TLSv1.3"],
  [{ version: "TLSv1.2", suite: "ECDHE-ECDSA-AES128-GCM-SHA256" }, "TLSv1.2"],
  [{ version: "TLSv1.2", suite: "ECDHE-ECDSA-AES256-GCM-SHA384" }, "TLSv1.2"],
  [{ version: "TLSv1.2", suite: "ECDHE-ECDSA-CHACHA20-POLY1305" }, "TLSv1.2"],
  [{ version: "TLSv1.2", suite: "ECDHE-ECDSA-AES128-SHA" }, REFUSED],
  [{ version: "TLSv1.2", suite: "ECDHE-ECDSA-AES256-SHA" }, REFUSED],
  [{ version: "TLSv1.3", curve: "X25519MLKEM768" }, "TLSv1.3"],
  [{ version: "TLSv1.3", curve: "X25519" }, "TLSv1.3"],
  [{ version: "TLSv1.3", curve: "prime256v1" }, "TLSv1.3"],
  [{ version: "TLSv1.3", curve: "secp384r1" }, "TLSv1.3"],
  [{ version: "TLSv1.3", curve: "secp521r1" }, REFUSED],
  [{ version: "TLSv1.2", curve: "secp521r1" }, REFUSED],
];
