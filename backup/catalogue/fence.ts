import { BackupError } from "../errors.ts";
import { type Catalogue, type Tenure } from "./schema.ts";

/** A site as it knows itself; one that does not know its epoch is taken at its name. */
export interface Acting {
  readonly site: string;
  readonly epoch?: number;
  /** Its database came from one of these dumps. @default false */
  readonly restored?: boolean;
}

/** Refuses a site that another has taken over from. */
export function admit(catalogue: Tenure & Pick<Catalogue, "takeover">, acting: Acting, to: string): void {
  const { site, epoch, takeover } = catalogue;
  if (acting.site === site && (acting.epoch ?? epoch) === epoch) return;
  const since = takeover ? `, since it took over from ${tenure(takeover.from)} on ${takeover.at}` : "";
  throw new BackupError(
    "fenced",
    `catalogue: ${tenure(acting)} may not ${to}, got ${tenure(catalogue)} as the site in charge${since}; ` +
      `keep this site stopped, or let it take over from ${tenure(catalogue)} with that site's last dump`,
  );
}

export const tenure = ({ site, epoch }: Acting) => (epoch === undefined ? site : `${site} (epoch ${epoch})`);
