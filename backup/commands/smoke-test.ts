import { loadCatalogue } from "../catalogue/document.ts";
import type { Report } from "../contract/shapes.ts";
import { say } from "../progress.ts";
import type { Settings } from "../settings.ts";
import { readReport, storeReport } from "../failover/report.ts";
import { siteChecks, passChecks } from "../smoke-test/checks.ts";
import { withStore } from "./run.ts";

/** Checks that the site serves through its route, and completes the report of its failover. */
export async function smokeTestCommand(settings: Settings): Promise<void> {
  const startedAt = new Date();
  const { application, certificateFile, host, route: address, site } = settings;
  await passChecks(siteChecks(host, { address, certificateFile }, application), settings.checkSeconds);
  await withStore(settings, async (store) => {
    const catalogue = await loadCatalogue(store);
    if (catalogue?.site !== site) return;
    const report = await readReport(store, catalogue.epoch);
    if (!report || report.validatedAt) return;
    const complete = completed(report, startedAt, new Date());
    await storeReport(store, complete);
    say(
      `${complete.site} serves again: ${complete.rtoSeconds} s after the update began, ${complete.rpoSeconds} s are lost`,
    );
  });
}

/** The report with the time until the application was up, and until it passed the smoke test. */
export function completed(report: Report, startedAt: Date, validatedAt: Date): Report {
  const between = (from: Date, to: Date) => Math.max(0, Number(((to.getTime() - from.getTime()) / 1000).toFixed(2)));
  const failover = new Date(report.startedAt);
  const { infrastructure = 0 } = report.phases;
  return {
    ...report,
    phases: {
      ...report.phases,
      application: between(new Date(report.finishedAt), startedAt),
      validating: between(startedAt, validatedAt),
    },
    validatedAt: validatedAt.toISOString(),
    rtoSeconds: Number((infrastructure + between(failover, validatedAt)).toFixed(1)),
  };
}
