import { isWebhookStarting } from "./hooks.ts";

const call =
  'failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://webhook/mutate": ';

test.each([
  ["not trusted yet", `${call}tls: failed to verify certificate: x509: certificate signed by unknown authority`, true],
  ["not listening yet", `${call}dial tcp 10.0.0.1:443: connect: connection refused`, true],
  ["without a pod yet", `${call}no endpoints available for service "webhook"`, true],
  [
    "at work, and refusing",
    'admission webhook "webhook.cert-manager.io" denied the request: spec.acme.email: invalid',
    false,
  ],
  ["not what failed", "dial tcp 10.0.0.1:443: connect: connection refused", false],
])("a webhook %s", (_, error, starting) => expect(isWebhookStarting(error)).toBe(starting));
