import { formatCpu, formatMemory, parseCpu, parseMemory } from "./quantity";
import type { Amount, Resources } from "./resources";
import type { Values } from "./schema";

export type Footprint = NonNullable<Values["footprint"]>;

/** Less than this and a process of any kind has no room to start. */
const LEAST = { millicores: 10, mebibytes: 32 };

/** The same stack on a smaller machine. What follows from sizes, as the database's parameters and the quota do, follows from the new ones. */
export function scaled(values: Values): Values {
  const { application, footprint, postgres, redis } = values;
  if (!footprint) return values;
  return {
    ...values,
    application: { ...application, resources: resources(application.resources, footprint) },
    postgres: {
      ...postgres,
      resources: resources(postgres.resources, footprint),
      storage: memory(postgres.storage, footprint.volumes),
    },
    redis: {
      ...redis,
      resources: resources(redis.resources, footprint),
      ...(redis.storage ? { storage: memory(redis.storage, footprint.volumes) } : {}),
    },
  };
}

const resources = ({ limits, requests }: Resources, footprint: Footprint): Resources => ({
  limits: amount(limits, footprint.limits),
  requests: amount(requests, footprint.requests),
});

const amount = ({ cpu, memory: size }: Amount, percent: number): Amount => ({
  cpu: formatCpu(Math.max(LEAST.millicores, Math.ceil((parseCpu(cpu) * percent) / 100))),
  memory: memory(size, percent),
});

const memory = (size: string, percent: number): string =>
  formatMemory(Math.max(LEAST.mebibytes, (parseMemory(size) * percent) / 100));
