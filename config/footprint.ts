import { formatCpu, formatMemory, parseCpu, parseMemory } from "../kubernetes/quantity.ts";
import type { Amount, Resources } from "../kubernetes/resources.ts";
import type { Values } from "./schema.ts";

export type Footprint = Values["footprint"];

export const isFull = (footprint: Footprint): boolean => Object.values(footprint).every((percent) => percent === 100);

/** Below this a process of any kind has no room to start. */
const LEAST = { limits: { millicores: 100, mebibytes: 128 }, requests: { millicores: 10, mebibytes: 32 } };

/**
 * The configuration of the same stack on a smaller machine. Values that are derived from sizes, such as the database's parameters and the
 * quota, follow.
 */
export function scaled(values: Values): Values {
  const { application, backups, footprint, postgres, redis } = values;
  if (isFull(footprint)) return values;
  return {
    ...values,
    application: { ...application, resources: resources(application.resources, footprint) },
    postgres: {
      ...postgres,
      resources: resources(postgres.resources, footprint),
      storage: volume(postgres.storage, footprint.volumes),
      pooler: { ...postgres.pooler, resources: resources(postgres.pooler.resources, footprint) },
    },
    ...(backups ? { backups: { ...backups, resources: resources(backups.resources, footprint) } } : {}),
    redis: {
      ...redis,
      resources: resources(redis.resources, footprint),
      ...(redis.storage ? { storage: volume(redis.storage, footprint.volumes) } : {}),
    },
  };
}

const resources = ({ limits, requests }: Resources, footprint: Footprint): Resources => ({
  limits: amount(limits, footprint.limits, LEAST.limits),
  requests: amount(requests, footprint.requests, LEAST.requests),
});

const amount = ({ cpu, memory }: Amount, percent: number, least: typeof LEAST.limits): Amount => ({
  cpu: formatCpu(Math.max(least.millicores, Math.ceil((parseCpu(cpu) * percent) / 100))),
  memory: formatMemory(Math.max(least.mebibytes, Math.ceil((parseMemory(memory) * percent) / 100))),
});

const volume = (size: string, percent: number): string =>
  formatMemory(Math.max(LEAST.limits.mebibytes, Math.ceil((parseMemory(size) * percent) / 100)));
