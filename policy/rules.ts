import type { Rule } from "./model/rule.ts";
import { denyTrafficByDefault } from "./rules/deny-traffic-by-default.ts";
import { keepPodsOffTheHost } from "./rules/keep-pods-off-the-host.ts";
import { keepSecretsOutOfPlainInputs } from "./rules/keep-secrets-out-of-plain-inputs.ts";
import { keepServicesInside } from "./rules/keep-services-inside.ts";
import { limitEveryContainer } from "./rules/limit-every-container.ts";
import { nameTheProvider } from "./rules/name-the-provider.ts";
import { probeEveryServer } from "./rules/probe-every-server.ts";
import { protectNamespacesWithData } from "./rules/protect-namespaces-with-data.ts";
import { protectWhatHoldsData } from "./rules/protect-what-holds-data.ts";
import { refuseRetiredComponents } from "./rules/refuse-retired-components.ts";
import { refuseTheTagLatest } from "./rules/refuse-the-tag-latest.ts";
import { restrictEveryPod } from "./rules/restrict-every-pod.ts";
import { reviewThirdPartyCharts } from "./rules/review-third-party-charts.ts";
import { runImagesByDigest } from "./rules/run-images-by-digest.ts";
import { sayWhatIsNotChecked } from "./rules/say-what-is-not-checked.ts";
import { selectEveryWorkload } from "./rules/select-every-workload.ts";
import { withholdServiceAccountTokens } from "./rules/withhold-service-account-tokens.ts";

export const rules: readonly Rule[] = [
  denyTrafficByDefault,
  keepPodsOffTheHost,
  keepSecretsOutOfPlainInputs,
  keepServicesInside,
  limitEveryContainer,
  nameTheProvider,
  probeEveryServer,
  protectNamespacesWithData,
  protectWhatHoldsData,
  refuseRetiredComponents,
  refuseTheTagLatest,
  restrictEveryPod,
  reviewThirdPartyCharts,
  runImagesByDigest,
  sayWhatIsNotChecked,
  selectEveryWorkload,
  withholdServiceAccountTokens,
];
