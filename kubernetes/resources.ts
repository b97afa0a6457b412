import { formatCpu, formatMemory, parseCpu, parseMemory } from "./quantity.ts";

// A type, not an interface: only a type fits where Kubernetes' typings ask for a map of texts.
export type Amount = { readonly cpu: string; readonly memory: string };

export interface Resources {
  readonly limits: Amount;
  readonly requests: Amount;
}

/** A number of pods of one size. */
export interface PodDemand {
  readonly pods: number;
  readonly resources: Resources;
}

/** Short-lived pods that are not sized one by one: ACME solvers, chart tests, debug containers. */
const SPARE: PodDemand = {
  pods: 4,
  resources: { limits: { cpu: "500m", memory: "512Mi" }, requests: { cpu: "100m", memory: "128Mi" } },
};

/** ResourceQuota that holds everything the namespace is meant to run, and not much more. */
export function quota(demands: readonly PodDemand[]): Record<string, string> {
  const all = [...demands, SPARE];
  const total = (of: (resources: Resources) => number) => all.reduce((sum, d) => sum + d.pods * of(d.resources), 0);
  return {
    pods: String(all.reduce((sum, d) => sum + d.pods, 0)),
    "limits.cpu": formatCpu(total((r) => parseCpu(r.limits.cpu))),
    "limits.memory": formatMemory(total((r) => parseMemory(r.limits.memory))),
    "requests.cpu": formatCpu(total((r) => parseCpu(r.requests.cpu))),
    "requests.memory": formatMemory(total((r) => parseMemory(r.requests.memory))),
  };
}

/** The largest limits of any one pod, short-lived ones included: nothing in the namespace has a reason to be bigger. */
export function largest(demands: readonly PodDemand[]): Amount {
  const limits = [...demands, SPARE].map((d) => d.resources.limits);
  return {
    cpu: formatCpu(Math.max(...limits.map(({ cpu }) => parseCpu(cpu)))),
    memory: formatMemory(Math.max(...limits.map(({ memory }) => parseMemory(memory)))),
  };
}
