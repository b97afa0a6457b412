import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dev",
    "footprint",
    { limits: 50 },
    "acci:footprint.requests: must not exceed acci:footprint.limits (50), got 100; lower it or raise the other",
  ],
  [
    "prod",
    "footprint",
    { requests: 50 },
    'acci:footprint: must be unset in prod with a public certificate, got {"requests":50,"limits":100,"volumes":100}; remove it, ' +
      "or give a rehearsal the private CA of its ACME server in acci:tls.caBundle",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
