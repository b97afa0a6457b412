/** What a server offers over TLS, by the names of Go's crypto/tls. The suites of TLS 1.3 cannot be chosen there, and are all good. */
export interface TlsProfile {
  readonly minVersion: "VersionTLS12" | "VersionTLS13";
  /** Suites of TLS 1.2. */
  readonly cipherSuites?: readonly string[];
  readonly curvePreferences: readonly string[];
}

const CURVES = ["X25519MLKEM768", "X25519", "CurveP256", "CurveP384"];

/**
 * Mozilla's server-side TLS guidelines, version 5.8 (https://wiki.mozilla.org/Security/Server_Side_TLS). Of the intermediate profile's suites
 * Go lacks those with DHE.
 */
export const TLS_PROFILES = {
  intermediate: {
    minVersion: "VersionTLS12",
    cipherSuites: [
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ],
    curvePreferences: CURVES,
  },
  modern: { minVersion: "VersionTLS13", curvePreferences: CURVES },
} as const satisfies Record<string, TlsProfile>;

export type TlsProfileName = keyof typeof TLS_PROFILES;
