import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { alertRules } from "../../components/alert-rules.ts";
import { sloRules } from "../../components/observability/slo-rules.ts";
import { parseConfig } from "../../config/load.ts";
import { stackValues } from "../stack-config.ts";
import { project } from "../../tooling/paths.ts";
import { anchorsOf, packageJson } from "./pages.ts";

interface Alert {
  /** @default - a recording rule */
  readonly alert?: string;
  readonly annotations?: { readonly runbook_url?: string };
}
interface Group {
  readonly rules: readonly Alert[];
}

const ofObjectives = sloRules("acci-prod", parseConfig("prod", stackValues("prod")).slo!);
const alerts = [...Object.values(alertRules(join(project, "assets", "alerts"))), ofObjectives]
  .flatMap(({ groups }) => (groups as readonly Group[]).flatMap(({ rules }) => rules))
  .flatMap(({ alert, annotations }) => (alert ? [{ alert, url: annotations?.runbook_url ?? "" }] : []));
const BASE = `${packageJson.repository.replace("github:", "https://github.com/")}/blob/main/`;

test("every alert leads to its section of a runbook that there is", () => {
  expect(alerts.length).toBeGreaterThan(60);
  const lost = alerts.filter(({ alert, url }) => {
    const [page, anchor] = url.replace(BASE, "").split("#");
    const found = url.startsWith(BASE) && existsSync(join(project, page!)) && anchorsOf(page!).includes(anchor!);
    return !found || anchor !== alert.toLowerCase();
  });
  expect(lost.map(({ alert }) => alert)).toEqual([]);
});

test("no runbook has a section of an alert that there is not", () => {
  const pages = readdirSync(join(project, "docs/runbooks")).filter((page) => page.startsWith("alerts"));
  const sections = pages.flatMap((page) => anchorsOf(`docs/runbooks/${page}`).slice(1));
  expect(pages.length).toBeGreaterThan(3);
  expect(sections.filter((section) => !alerts.some(({ alert }) => alert.toLowerCase() === section))).toEqual([]);
});
