import { join } from "node:path";
import { alertRules } from "../components/alert-rules.ts";
import { project } from "../tooling/paths.ts";
import { OBJECTIVES } from "./objectives.ts";

interface Alert {
  readonly alert?: string;
  readonly annotations?: { readonly runbook_url: string };
}

/** All alerts of a site, with the addresses of their runbooks. */
function alerts(): readonly Alert[] {
  const files = [...Object.values(alertRules(join(project, "assets", "alerts"))), OBJECTIVES];
  return files.flatMap(({ groups }) => (groups as { rules: Alert[] }[]).flatMap(({ rules }) => rules));
}

const addresses = new Map(alerts().map(({ alert, annotations }) => [alert, annotations?.runbook_url]));

/** Address of an alert's section of the runbook. */
export function runbookOf(alert: string): string {
  const address = addresses.get(alert);
  if (!address)
    throw new Error(`dashboards: alert: must be one of assets/alerts, got ${alert}; see dashboards/runbooks.ts`);
  return address;
}
