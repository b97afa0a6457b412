import { isOurs, localChart } from "../chart/release.ts";
import { isRelease } from "../model/objects.ts";
import type { ResourceRule } from "../model/rule.ts";
import type { JudgedResource } from "../model/judged-resource.ts";
import { keepPodsOffTheHost } from "./keep-pods-off-the-host.ts";
import { limitEveryContainer } from "./limit-every-container.ts";
import { probeEveryServer } from "./probe-every-server.ts";
import { refuseRetiredComponents } from "./refuse-retired-components.ts";
import { refuseTheTagLatest } from "./refuse-the-tag-latest.ts";
import { restrictEveryPod } from "./restrict-every-pod.ts";
import { runImagesByDigest } from "./run-images-by-digest.ts";
import { withholdServiceAccountTokens } from "./withhold-service-account-tokens.ts";

const POD_RULES = [
  keepPodsOffTheHost,
  limitEveryContainer,
  probeEveryServer,
  refuseRetiredComponents,
  refuseTheTagLatest,
  restrictEveryPod,
  runImagesByDigest,
  withholdServiceAccountTokens,
];

/** Advisory counts only: an operator needs a token, and a third-party chart cannot be given a probe here. */
export const reviewThirdPartyCharts: ResourceRule = {
  name: "review-third-party-charts",
  description: "Counts what the objects of a local chart break that is not this repository's.",
  level: "advisory",
  check: (subject) => {
    const chart = isRelease(subject) ? localChart(subject.props) : undefined;
    if (!chart || isOurs(chart)) return [];
    const broken = countsOf({ ...subject, withThirdParty: true });
    return broken === ""
      ? []
      : [`${subject.name}: objects should keep the rules, got ${broken}; set what the chart's values offer`];
  },
};

const countsOf = (subject: JudgedResource): string =>
  POD_RULES.map(({ check, name }) => ({ name, count: check(subject).length }))
    .filter(({ count }) => count > 0)
    .map(({ count, name }, i) => `${name}${i === 0 ? " broken" : ""} ${count === 1 ? "once" : `${count} times`}`)
    .join(", ");
