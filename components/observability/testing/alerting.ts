import { writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../../../tooling/free-port.ts";
import { project } from "../../../tooling/paths.ts";
import { alertRules, type Rules } from "../../alert-rules.ts";
import { siteRecords, type SiteLimits } from "../site-records.ts";
import { sloRules } from "../slo-rules.ts";
import { SLO } from "./objectives.ts";
import type { Processes } from "./processes.ts";
import { RENAMED } from "./databases.ts";
import { LOWERED } from "./provoked.ts";

/** Something that is scraped, with the labels that a monitor of the stack would give it. */
export interface Target {
  readonly namespace: string;
  readonly pod?: string;
  readonly port: number;
}

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
type Group = { readonly name: string; readonly rules: readonly Rule[] };

/** Time between two scrapes, and between two evaluations of the rules. */
const INTERVAL = "2s";

/** An alert by its name and severity: one that warns and one that pages may have one name. */
export const keyOf = (labels: Readonly<Record<string, string>>, name: string) => `${name} ${labels.severity!}`;

const shipped = (): Group[] =>
  Object.values(alertRules(path.join(project, "assets/alerts"))).flatMap(({ groups }) => groups as Group[]);

/** Every alert that the stack can bring, with its severity. */
export const everyAlert = (): string[] => {
  const groups = [...shipped(), ...(sloRules("acci-site", SLO).groups as Group[])];
  return groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert, labels = {} }) => (alert === undefined ? [] : [keyOf(labels, alert)])),
  );
};

/**
 * The same rule in less time: it waits for a second in place of minutes, and where no test can wait for the threshold, LOWERED has a lower
 * one. Nothing else of the expression is changed.
 */
function hastened(rule: Rule): Rule {
  const lowered = (rule.alert !== undefined && LOWERED[rule.alert]) || [];
  const expr = lowered.reduce((text, [from, to]) => text.replace(from, to), rule.expr);
  return { ...rule, expr, ...(rule.for === undefined ? {} : { for: "1s" }) };
}

/** A real Prometheus with the stack's rules for some sites, and a real Alertmanager that it tells. */
export class Alerting {
  readonly #processes: Processes;
  #alertmanager = "";
  #targets = "";

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  async start(sites: readonly SiteLimits[], jobs: readonly string[]): Promise<void> {
    const { folder } = this.#processes;
    const write = (name: string, content: object) => {
      const file = path.join(folder, name);
      // JSON is valid YAML.
      writeFileSync(file, JSON.stringify(content));
      return file;
    };
    const [prometheus, alertmanager] = [await freePort(), await freePort()];
    this.#targets = path.join(folder, "targets");
    this.#alertmanager = `http://127.0.0.1:${alertmanager}`;
    for (const job of jobs) this.scrape(job, []);
    const perSite: Rules[] = sites.flatMap((site) => [siteRecords(site), sloRules(site.namespace, SLO)]);
    const groups = [...shipped(), ...perSite.flatMap(({ groups }) => groups as Group[])];
    const rules = { groups: groups.map(({ name, rules }) => ({ name, rules: rules.map(hastened) })) };
    const configuration = {
      global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
      rule_files: [write("rules.json", rules)],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }] },
      scrape_configs: jobs.map((job) => ({
        job_name: job,
        metric_relabel_configs: RENAMED,
        file_sd_configs: [{ files: [`${this.#targets}-${job}.json`], refresh_interval: "1s" }],
      })),
    };
    const receivers = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };
    await this.#processes.start(
      "alertmanager",
      "prometheus-alertmanager",
      [
        `--config.file=${write("alertmanager.json", receivers)}`,
        `--storage.path=${path.join(folder, "alerts")}`,
        "--cluster.listen-address=",
        `--web.listen-address=127.0.0.1:${alertmanager}`,
      ],
      `${this.#alertmanager}/-/ready`,
    );
    await this.#processes.start(
      "prometheus",
      "prometheus",
      [
        `--config.file=${write("prometheus.json", configuration)}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        // What fires before the Alertmanager was found is told a minute later otherwise.
        `--rules.alert.resend-delay=${INTERVAL}`,
        `--web.listen-address=127.0.0.1:${prometheus}`,
      ],
      `http://127.0.0.1:${prometheus}/-/ready`,
    );
  }

  /** Tells Prometheus what to scrape under a job's name from now on. */
  scrape(job: string, targets: readonly Target[]): void {
    const found = targets.map(({ namespace, pod, port }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { namespace, ...(pod === undefined ? {} : { pod }) },
    }));
    writeFileSync(`${this.#targets}-${job}.json`, JSON.stringify(found));
  }

  /** What the Alertmanager has received and what still fires, each with the site that it names. */
  async received(): Promise<readonly { readonly alert: string; readonly site: string | undefined }[]> {
    const answer = await fetch(`${this.#alertmanager}/api/v2/alerts`);
    const alerts = (await answer.json()) as { labels: Record<string, string>; endsAt: string }[];
    return alerts
      .filter(({ endsAt }) => Date.parse(endsAt) > Date.now())
      .map(({ labels }) => ({ alert: keyOf(labels, labels.alertname!), site: labels.site ?? labels.namespace }));
  }
}
