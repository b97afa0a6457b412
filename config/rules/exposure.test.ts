import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dr",
    "exposure.controller",
    { namespace: "ingress-nginx" },
    "acci:exposure.controller.address: is required with acci:restore and a controller other than the stack's own Traefik, got nothing; " +
      "set it to where the cluster reaches it by HTTPS, for example ingress-nginx-controller.ingress-nginx.svc:443",
  ],
  [
    "dev",
    "exposure.gateway",
    { existing: { name: "public", namespace: "gateways" } },
    "acci:exposure.gateway.existing: must be unset when acci:exposure.mode is ingress, got public; " +
      "set the mode to gateway, or remove the Gateway",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
