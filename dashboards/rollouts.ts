import { APP, SITE } from "./selectors.ts";
import { type Dashboard, query } from "./spec.ts";

export const rollouts: Dashboard = {
  name: "rollouts",
  title: "ACCI / Rollouts",
  description:
    "Whether a change of a site goes well: its pods, what users feel meanwhile, and what the cluster says of them.",
  rows: [
    {
      title: "Pods",
      panels: [
        {
          title: "Pods that answer",
          description: "Beside the numbers that are configured. During a rollout there is one more.",
          unit: "short",
          width: 12,
          queries: [
            query(`count(up{${APP}} == 1) or vector(0)`, "answer"),
            query(`acci_site:application_replicas:min{${SITE}}`, "least"),
            query(`acci_site:application_replicas:max{${SITE}}`, "most"),
          ],
          alert: "AcciApplicationPodsMissing",
        },
        {
          title: "Requests by pod",
          description: "A new pod takes over its part, an old one is drained to zero before it ends.",
          unit: "reqps",
          width: 12,
          stacked: true,
          queries: [query(`sum by (pod) (rate(http_requests_total{${APP}}[$__rate_interval]))`, "{{pod}}")],
        },
      ],
    },
    {
      title: "What users feel",
      panels: [
        {
          title: "Errors by pod",
          description:
            "Part of each pod's requests that is answered with 5xx: new pods that fail more than old ones are to be rolled back.",
          unit: "percentunit",
          width: 12,
          thresholds: [0.02, 0.05],
          queries: [
            query(
              `sum by (pod) (rate(http_errors_total{${APP}}[$__rate_interval])) / sum by (pod) (rate(http_requests_total{${APP}}[$__rate_interval]))`,
              "{{pod}}",
            ),
          ],
          alert: "AcciApplicationErrors",
        },
        {
          title: "95th percentile by pod",
          description: "New pods are slow while their caches and connections are cold.",
          unit: "s",
          width: 12,
          thresholds: [0.5, 1],
          queries: [
            query(
              `histogram_quantile(0.95, sum by (le, pod) (rate(http_request_duration_seconds_bucket{${APP}}[$__rate_interval])))`,
              "{{pod}}",
              true,
            ),
          ],
          alert: "AcciApplicationSlow",
        },
      ],
    },
    {
      title: "What the cluster says (kube-state-metrics, cert-manager)",
      panels: [
        {
          title: "Replicas that are not updated or not available",
          description: "Of each Deployment. Above zero for long, its rollout hangs. Empty without kube-state-metrics.",
          unit: "short",
          queries: [
            query(
              `kube_deployment_spec_replicas{${SITE}} - kube_deployment_status_replicas_updated{${SITE}}`,
              "{{deployment}} not updated",
            ),
            query(
              `kube_deployment_spec_replicas{${SITE}} - kube_deployment_status_replicas_available{${SITE}}`,
              "{{deployment}} not available",
            ),
          ],
          alert: "AcciRolloutStuck",
        },
        {
          title: "Restarts in half an hour",
          description: "By container. Empty without kube-state-metrics.",
          unit: "short",
          queries: [
            query(
              `sum by (pod, container) (increase(kube_pod_container_status_restarts_total{${SITE}}[30m])) > 0`,
              "{{pod}} {{container}}",
            ),
          ],
          alert: "AcciPodCrashing",
        },
        {
          title: "Certificates",
          description: "Time until each ends. Empty where cert-manager is not scraped.",
          unit: "s",
          queries: [
            query(
              `certmanager_certificate_expiration_timestamp_seconds{${SITE}} - time() or certmanager_certificate_expiration_timestamp_seconds{exported_${SITE}} - time()`,
              "{{name}}",
            ),
          ],
          alert: "AcciCertificateRenewal",
        },
      ],
    },
  ],
};
