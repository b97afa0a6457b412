import tls, { type SecureVersion } from "node:tls";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { acmeRoots } from "../../../local/stack/route.ts";
import { host } from "./site.ts";

/** Connects to the route with one version of TLS. Returns that version, or the error code of a refusal. */
export async function handshake(version: SecureVersion): Promise<string> {
  const ca = await acmeRoots();
  return new Promise((resolve) => {
    const socket = tls.connect({
      ...{ host: nodeAddress, port: 443, servername: host, ca },
      ...{ minVersion: version, maxVersion: version },
      // Without this the client itself would refuse the old versions, which proves nothing about the route.
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    socket.once("secureConnect", () => {
      resolve(socket.getProtocol() ?? "no protocol");
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const REFUSED = "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION";

/** TLS versions with the result that each must have. */
export const HANDSHAKES: readonly (readonly [SecureVersion, string])[] = [
  ["TLSv1", REFUSED],
  ["TLSv1.1", REFUSED],
  ["TLSv1.2", "TLSv1.2"],
  ["TLSv1.3", "TLSv1.3"],
];
