import { backups } from "./backups.ts";
import { budget } from "./budget.ts";
import { database } from "./database.ts";
import { rollouts } from "./rollouts.ts";
import { service } from "./service.ts";
import type { Dashboard } from "./spec.ts";

export const dashboards: readonly Dashboard[] = [service, budget, database, backups, rollouts];
