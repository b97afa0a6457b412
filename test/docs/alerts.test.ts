import { existsSync } from "node:fs";
import { join } from "node:path";
import { alertRules } from "../../components/alert-rules.ts";
import { project } from "../../tooling/paths.ts";
import { anchorsOf, packageJson } from "./pages.ts";

interface Alert {
  readonly alert: string;
  readonly annotations: { readonly runbook_url?: string };
}
interface Group {
  readonly rules: readonly Alert[];
}

const alerts = Object.values(alertRules(join(project, "assets", "alerts"))).flatMap(({ groups }) =>
  (groups as readonly Group[]).flatMap(({ rules }) => rules),
);
const BASE = `${packageJson.repository.replace("github:", "https://github.com/")}/blob/main/`;

test("every alert leads to its section of a runbook that there is", () => {
  expect(alerts.length).toBeGreaterThan(20);
  const lost = alerts.filter(({ alert, annotations: { runbook_url: url = "" } }) => {
    const [page, anchor] = url.replace(BASE, "").split("#");
    const found = url.startsWith(BASE) && existsSync(join(project, page!)) && anchorsOf(page!).includes(anchor!);
    return !found || anchor !== alert.toLowerCase();
  });
  expect(lost.map(({ alert }) => alert)).toEqual([]);
});

test("the runbook has no section of an alert that there is not", () => {
  const [, ...sections] = anchorsOf("docs/runbooks/alerts.md");
  expect(sections.filter((section) => !alerts.some(({ alert }) => alert.toLowerCase() === section))).toEqual([]);
});
