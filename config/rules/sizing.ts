import { formatMemory, parseCpu, parseMemory } from "../../kubernetes/quantity.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { canaryPods, mostPods } from "../sizing.ts";
import type { Values } from "../schema.ts";

/** Connections kept for the operator, replication, dumps and a person with psql. */
const RESERVED_CONNECTIONS = 20;

export function sizingRules({ application, postgres, redis, rollout }: Values): string[] {
  const most = application.autoscaling?.maxReplicas ?? application.replicas;
  const problems = [
    ...resourceRules("postgres", postgres.resources),
    ...resourceRules("postgres.pooler", postgres.pooler.resources),
    ...resourceRules("redis", redis.resources),
    ...resourceRules("application", application.resources),
    ...sharedBufferRules(postgres.resources),
  ];
  if (most < application.replicas)
    problems.push(
      `acci:application.autoscaling.maxReplicas: must be at least acci:application.replicas (${application.replicas}), ` +
        `got ${most}; raise it to ${application.replicas}`,
    );
  return [...problems, ...connectionRules({ application, postgres, rollout })];
}

function connectionRules({
  application,
  postgres,
  rollout,
}: Pick<Values, "application" | "postgres" | "rollout">): string[] {
  const { maxConnections, pooler } = postgres;
  const pods = mostPods(application) + canaryPods({ application, rollout });
  // Through the pooler, a pod's own connection is that of its migration.
  const [needed, what, key] =
    pooler.instances > 0
      ? [
          2 * (pooler.instances + 1) * pooler.poolSize + pods,
          `${pooler.instances + 1} poolers with ${pooler.poolSize} connections for each of two roles, ${pods} migrations`,
          "acci:postgres.pooler.poolSize",
        ]
      : [
          pods * application.databaseMaxConnections,
          `${pods} pods with ${application.databaseMaxConnections} connections each`,
          "acci:application.databaseMaxConnections",
        ];
  const least = needed + RESERVED_CONNECTIONS;
  if (least <= maxConnections) return [];
  return [
    `acci:postgres.maxConnections: must be at least ${least} for ${what} and ${RESERVED_CONNECTIONS} in reserve, ` +
      `got ${maxConnections}; raise it or lower ${key}`,
  ];
}

function resourceRules(section: string, { limits, requests }: Resources): string[] {
  const problems: string[] = [];
  const check = (name: "cpu" | "memory", parse: (quantity: string) => number) => {
    if (parse(requests[name]) > parse(limits[name]))
      problems.push(
        `acci:${section}.resources.requests.${name}: must not exceed the limit ${limits[name]}, ` +
          `got ${requests[name]}; lower it or raise acci:${section}.resources.limits.${name}`,
      );
  };
  check("cpu", parseCpu);
  check("memory", parseMemory);
  return problems;
}

/** The operator refuses an instance that is promised less memory than it takes at its start. */
function sharedBufferRules({ limits, requests }: Resources): string[] {
  const least = parseMemory(limits.memory) / 4;
  if (parseMemory(requests.memory) >= least) return [];
  return [
    `acci:postgres.resources.requests.memory: must be at least ${formatMemory(Math.ceil(least))}, the shared buffers' quarter of the limit ` +
      `${limits.memory}, got ${requests.memory}; raise it, or acci:footprint.requests where that made it small`,
  ];
}
