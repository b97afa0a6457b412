import { isFull } from "../footprint.ts";
import { PRODUCTION } from "../production.ts";
import type { Values } from "../schema.ts";

export function footprintRules(stack: string, { footprint, tls }: Values): string[] {
  if (isFull(footprint)) return [];
  const { limits, requests } = footprint;
  const problems: string[] = [];
  if (requests > limits)
    problems.push(
      `acci:footprint.requests: must not exceed acci:footprint.limits (${limits}), got ${requests}; lower it or raise the other`,
    );
  // A site the public is sent to has a certificate the public trusts; a rehearsal's is from a private CA.
  if (PRODUCTION.includes(stack) && !tls.caBundle)
    problems.push(
      `acci:footprint: must be unset in ${stack} with a public certificate, got ${JSON.stringify(footprint)}; remove it, ` +
        "or give a rehearsal the private CA of its ACME server in acci:tls.caBundle",
    );
  return problems;
}
