import { isOurs, localChart } from "../chart/release";
import { isRelease } from "../model/objects";
import type { ResourceRule } from "../model/rule";
import type { Subject } from "../model/subject";
import { keepPodsOffTheHost } from "./keep-pods-off-the-host";
import { limitEveryContainer } from "./limit-every-container";
import { probeEveryServer } from "./probe-every-server";
import { refuseRetiredComponents } from "./refuse-retired-components";
import { refuseTheTagLatest } from "./refuse-the-tag-latest";
import { restrictEveryPod } from "./restrict-every-pod";
import { runImagesByDigest } from "./run-images-by-digest";
import { withholdServiceAccountTokens } from "./withhold-service-account-tokens";

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

/** Only counts: an operator needs a token, and nobody here can give somebody else's chart a probe. */
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

const countsOf = (subject: Subject): string =>
  POD_RULES.map(({ check, name }) => ({ name, count: check(subject).length }))
    .filter(({ count }) => count > 0)
    .map(({ count, name }, i) => `${name}${i === 0 ? " broken" : ""} ${count === 1 ? "once" : `${count} times`}`)
    .join(", ");
