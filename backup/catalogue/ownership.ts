import { BackupError } from "../errors.ts";
import { type Catalogue, type Tenure } from "./schema.ts";

/** A site that acts on the catalogue. Its epoch is unknown until its first failover; then only the name is compared. */
export interface Claimant {
  readonly site: string;
  readonly epoch?: number;
  /** Whether its database was restored from one of these dumps. @default false */
  readonly restored?: boolean;
}

/** Throws when another site became the active one. */
export function assertActive(catalogue: Tenure & Pick<Catalogue, "takeover">, acting: Claimant, to: string): void {
  const { site, epoch, takeover } = catalogue;
  if (acting.site === site && (acting.epoch ?? epoch) === epoch) return;
  const since = takeover ? `, since it failed over from ${describeTenure(takeover.from)} on ${takeover.at}` : "";
  throw new BackupError(
    "fenced",
    `catalogue: ${describeTenure(acting)} may not ${to}, got ${describeTenure(catalogue)} as the active site${since}; ` +
      `keep this site stopped, or let it fail over from ${describeTenure(catalogue)} with that site's last dump`,
  );
}

export const describeTenure = ({ site, epoch }: Claimant) => (epoch === undefined ? site : `${site} (epoch ${epoch})`);
