import tls, { type SecureVersion } from "node:tls";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { acmeRoots } from "../../../local/stack/route.ts";
import { host } from "./site.ts";

/** What the route makes of a client that knows one version of TLS: that version, or why there is none. */
export async function handshake(version: SecureVersion): Promise<string> {
  const ca = await acmeRoots();
  return new Promise((resolve) => {
    const socket = tls.connect({
      ...{ host: nodeAddress, port: 443, servername: host, ca },
      ...{ minVersion: version, maxVersion: version },
      // Or the client itself would refuse the old versions, and prove nothing of the route.
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

/** The versions there are, and the answer each must get. */
export const HANDSHAKES: readonly (readonly [SecureVersion, string])[] = [
  ["TLSv1", REFUSED],
  ["TLSv1.1", REFUSED],
  ["TLSv1.2", "TLSv1.2"],
  ["TLSv1.3", "TLSv1.3"],
];
