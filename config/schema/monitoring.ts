import { z } from "zod";
import { dnsLabel, leaf, list, map, pattern, section, text, wholeNumber } from "./types.ts";

export const monitoring = section(
  "Scrapes, alert rules and dashboards for a Prometheus operator and a Grafana; the cluster must have the operator's definitions. None when unset.",
  {
    labels: map("What its Prometheus selects rules and monitors by.", "{release: kube-prometheus-stack}").default({}),
    interval: pattern(/^[1-9]\d*[sm]$/, "seconds or minutes", "How often it scrapes.", "30s").default("30s"),
    dashboards: section("Dashboards as ConfigMaps, for the sidecar of Grafana's chart; none when unset.", {
      label: dnsLabelWithUnderscores("Label that the sidecar looks for; its value is 1.", "grafana_dashboard").default(
        "grafana_dashboard",
      ),
      folder: text("Folder in Grafana, by the annotation grafana_folder.", "ACCI").default("ACCI"),
      namespace: dnsLabel(
        "Namespace of the ConfigMaps, for a sidecar that looks in its own alone; the site's when unset.",
        "monitoring",
      ).optional(),
    }).optional(),
  },
);

function dnsLabelWithUnderscores(description: string, example: string) {
  return pattern(/^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/, "the name of a label", description, example);
}

/** Buckets of the reference application's histogram of latencies, in seconds. A test compares them with its source. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const objective = (of: string) =>
  leaf(z.number().min(50).max(99.999), {
    description: `Percentage of ${of}.`,
    rule: "a percentage from 50 to 99.999",
    example: "99.9",
  });
const seconds = (description: string, example: string) =>
  leaf(z.number().positive(), { description, rule: "a number of seconds", example });

export const slo = section(
  "Objectives of the service, each with an error budget over a window, recorded and alerted on under Sloth's names; needs acci:monitoring. None when unset.",
  {
    windowDays: wholeNumber(7, 90, "Window of the budgets. Prometheus must keep its series as long.").default(30),
    availability: objective("the requests that are not answered with 5xx").default(99.9),
    latency: section("How many requests are answered how soon.", {
      objective: objective("the requests that are answered within the threshold").default(99),
      thresholdSeconds: seconds("The threshold, which must be one of the buckets.", "0.5").default(0.5),
      buckets: list(
        seconds("Upper bound.", "0.5"),
        "Buckets of the application's http_request_duration_seconds.",
        "[0.1, 0.5, 1]",
      ).default(BUCKETS),
    }).prefault({}),
    dumpAge: section("How long the newest verified dump is young enough. Without acci:backups it means nothing.", {
      objective: objective("the minutes in which it is").default(99),
      hours: wholeNumber(1, 1000, "Age up to which it is.").default(26),
    }).prefault({}),
    minimumErrors: wholeNumber(
      0,
      100_000,
      "Fewest bad requests in the longer window of an alert, so that a single one does not page in a quiet hour.",
    ).default(10),
    gate: section("Holds new images back while the budget of requests is spent; none are when unset.", {
      prometheus: pattern(
        /^(https?:\/\/\S+|[a-z0-9-]+\/[a-z0-9-]+:\d+)$/,
        "an address, or namespace/service:port",
        "Prometheus that knows the budgets; a Service is asked through the Kubernetes API.",
        "monitoring/prometheus-operated:9090",
      ),
      exception: section("A version that is deployed in spite of it.", {
        version: text("The version.", "1.2.3"),
        reason: pattern(
          /^\S[^\n]{8,198}\S$/,
          "a line of 10 to 200 characters",
          "Why; the description of the release keeps it.",
          "mends what spends the budget",
        ),
      }).optional(),
    }).optional(),
  },
);
