import { sloRules } from "../components/observability/slo-rules.ts";
import { slo } from "../config/schema/monitoring.ts";

/** Rules of a site whose objectives are the default ones. */
export const OBJECTIVES = sloRules("acci-prod", slo.parse({}));
