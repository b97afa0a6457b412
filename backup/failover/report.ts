import { type Report, reportSchema } from "../contract/shapes.ts";
import type { Store } from "../store/store.ts";

const keyOf = (epoch: number) => `takeovers/${String(epoch).padStart(6, "0")}.json`;

export const storeReport = (store: Store, report: Report) =>
  store.write(keyOf(report.epoch), JSON.stringify(report, null, 2));

export async function readReport(store: Store, epoch: number): Promise<Report | undefined> {
  const found = await store.read(keyOf(epoch));
  return found && reportSchema.parse(JSON.parse(found.body));
}
