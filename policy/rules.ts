import type { Rule } from "./model/rule";
import { denyTrafficByDefault } from "./rules/deny-traffic-by-default";
import { keepPodsOffTheHost } from "./rules/keep-pods-off-the-host";
import { keepSecretsOutOfPlainInputs } from "./rules/keep-secrets-out-of-plain-inputs";
import { keepServicesInside } from "./rules/keep-services-inside";
import { limitEveryContainer } from "./rules/limit-every-container";
import { nameTheProvider } from "./rules/name-the-provider";
import { probeEveryServer } from "./rules/probe-every-server";
import { protectNamespacesWithData } from "./rules/protect-namespaces-with-data";
import { protectWhatHoldsData } from "./rules/protect-what-holds-data";
import { refuseRetiredComponents } from "./rules/refuse-retired-components";
import { refuseTheTagLatest } from "./rules/refuse-the-tag-latest";
import { restrictEveryPod } from "./rules/restrict-every-pod";
import { reviewThirdPartyCharts } from "./rules/review-third-party-charts";
import { runImagesByDigest } from "./rules/run-images-by-digest";
import { sayWhatIsNotChecked } from "./rules/say-what-is-not-checked";
import { selectEveryWorkload } from "./rules/select-every-workload";
import { withholdServiceAccountTokens } from "./rules/withhold-service-account-tokens";

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
