import { join } from "node:path";
import { alertRules } from "../components/alert-rules.ts";
import { sloRules } from "../components/observability/slo-rules.ts";
import { project } from "../tooling/paths.ts";

interface Alert {
  readonly alert?: string;
  readonly annotations?: { readonly runbook_url: string };
}

/** All alerts of a site, with the addresses of their runbooks. */
function alerts(): readonly Alert[] {
  const slo = sloRules("acci-prod", {
    windowDays: 30,
    availability: 99.9,
    latency: { objective: 99, thresholdSeconds: 0.5 },
    dumpAge: { objective: 99, hours: 26 },
    minimumErrors: 10,
  });
  const files = [...Object.values(alertRules(join(project, "assets", "alerts"))), slo];
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
