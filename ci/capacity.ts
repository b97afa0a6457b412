import { parseCpu, parseMemory } from "../kubernetes/quantity.ts";
import type { Golden } from "./golden.ts";

/** The most that a stack asks of its cluster at once, and its volumes. */
export interface Capacity {
  readonly pods: number;
  /** Requested cores. */
  readonly cpu: number;
  /** Requested memory, GiB. */
  readonly memory: number;
  /** Volumes, GiB. */
  readonly storage: number;
}

/** What one core, one GiB of memory and one GiB of volume cost a month. */
export interface Prices {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  readonly currency: string;
}

interface Inputs {
  readonly spec: {
    readonly hard: Readonly<Record<string, string>>;
    readonly instances: number;
    readonly storage: { readonly size: string };
    readonly replicas: number;
    readonly volumeClaimTemplates?: readonly {
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

const specsOf = (golden: Golden, type: string) =>
  golden.filter(({ id }) => id.startsWith(`${type} `)).map(({ inputs }) => (inputs as unknown as Inputs).spec);

const gib = (quantity: string) => parseMemory(quantity) / 1024;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** The quota of the stack's namespace is the sum of its workloads at their most. Undefined where the stack does not exist. */
export function capacityOf(golden: Golden): Capacity | undefined {
  const [quota] = specsOf(golden, "kubernetes:core/v1:ResourceQuota");
  if (!quota) return undefined;
  const databases = specsOf(golden, "kubernetes:postgresql.cnpg.io/v1:Cluster");
  const claims = specsOf(golden, "kubernetes:apps/v1:StatefulSet").map(({ replicas, volumeClaimTemplates = [] }) =>
    sum(volumeClaimTemplates.map(({ spec }) => replicas * gib(spec.resources.requests.storage))),
  );
  return {
    pods: Number(quota.hard["pods"]),
    cpu: parseCpu(quota.hard["requests.cpu"]!) / 1000,
    memory: gib(quota.hard["requests.memory"]!),
    storage: sum([...databases.map(({ instances, storage }) => instances * gib(storage.size)), ...claims]),
  };
}

const PRICED = ["cpu", "memory", "storage"] as const;

/** Prices in the form `cpu=18.50,memory=2.40,storage=0.09,currency=EUR`. */
export function pricesOf(text: string | undefined): Prices | undefined {
  if (!text) return undefined;
  const given = new Map(text.split(",").map((part) => part.split("=").map((word) => word.trim()) as [string, string]));
  const numbers = PRICED.map((key) => Number(given.get(key) || Number.NaN));
  const currency = given.get("currency");
  if (given.size !== 4 || !currency || numbers.some((price) => !(price >= 0)))
    throw new Error(
      `ACCI_PRICES: must have a price of cpu, memory and storage, and a currency, got ${text}; ` +
        "set it to, for example, cpu=18.50,memory=2.40,storage=0.09,currency=EUR",
    );
  const [cpu, memory, storage] = numbers as [number, number, number];
  return { cpu, memory, storage, currency };
}

export const costOf = (capacity: Capacity, prices: Prices): number =>
  sum(PRICED.map((key) => capacity[key] * prices[key]));
