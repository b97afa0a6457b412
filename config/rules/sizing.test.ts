import { stackValues } from "../../test/stack-config.ts";
import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dev",
    "footprint",
    { requests: 20 },
    "acci:postgres.resources.requests.memory: must be at least 256Mi, the shared buffers' quarter of the limit 1Gi, got 52Mi; " +
      "raise it, or acci:footprint.requests where that made it small",
  ],
  [
    "prod",
    "application.autoscaling.maxReplicas",
    2,
    "acci:application.autoscaling.maxReplicas: must be at least acci:application.replicas (3), got 2; raise it to 3",
  ],
  [
    "prod",
    "postgres.maxConnections",
    150,
    "acci:postgres.maxConnections: must be at least 151 for 3 poolers with 20 connections for each of two roles, 11 migrations and 20 in reserve, " +
      "got 150; raise it or lower acci:postgres.pooler.poolSize",
  ],
  [
    "prod",
    "postgres",
    { ...stackValues("prod")["postgres"], maxConnections: 100, pooler: undefined },
    "acci:postgres.maxConnections: must be at least 130 for 11 pods with 10 connections each and 20 in reserve, " +
      "got 100; raise it or lower acci:application.databaseMaxConnections",
  ],
  [
    "dev",
    "redis.resources.requests.memory",
    "1Gi",
    "acci:redis.resources.requests.memory: must not exceed the limit 128Mi, got 1Gi; " +
      "lower it or raise acci:redis.resources.limits.memory",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
