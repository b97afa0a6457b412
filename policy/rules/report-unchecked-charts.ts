import { localChart } from "../chart/release.ts";
import { isRelease } from "../model/objects.ts";
import type { StackRule } from "../model/rule.ts";

/** A chart in a repository cannot be rendered without fetching it, so its objects are not checked; silence would pass for approval. */
export const reportUncheckedCharts: StackRule = {
  name: "report-unchecked-charts",
  description: "Names the releases whose objects no rule has seen, because their chart is not in this repository.",
  level: "advisory",
  checkAll: (subjects) => {
    const unseen = subjects.filter((subject) => isRelease(subject) && !localChart(subject.props));
    if (unseen.length === 0) return [];
    const names = unseen.map(({ name }) => name).join(", ");
    return [
      `${names}: objects must be known to be checked, got charts that are not local; review their values by hand`,
    ];
  },
};
