import { POOLER_JOB, POSTGRES_JOB, REDIS_JOB } from "../components/observability/monitors.ts";

/** Selectors of the site that is looked at, and of its parts by the names under which they are scraped. */
export const SITE = 'namespace="$namespace"';
const of = (job: string) => `job="${job}",${SITE}`;

export const APP = of("acci-framework");
export const PG = of(POSTGRES_JOB);
export const POOLER = of(POOLER_JOB);
export const REDIS = of(REDIS_JOB);
