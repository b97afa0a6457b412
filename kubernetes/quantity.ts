const MEMORY_UNITS: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

export const CPU_PATTERN = /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d+)$/;
export const MEMORY_PATTERN = /^[1-9]\d*(Ki|Mi|Gi|Ti)$/;

/** Kubernetes CPU quantity in millicores: `2` and `2000m` are both 2000. */
export function parseCpu(quantity: string): number {
  if (!CPU_PATTERN.test(quantity)) throw new Error(`cpu: not a CPU quantity, got ${quantity}; write 500m or 2`);
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Math.round(Number(quantity) * 1000);
}

/** Kubernetes memory quantity in MiB. Binary units only: `1G` next to `1Gi` is a mistake waiting to be read over. */
export function parseMemory(quantity: string): number {
  if (!MEMORY_PATTERN.test(quantity))
    throw new Error(`memory: not a memory quantity, got ${quantity}; write 512Mi or 2Gi`);
  return Number(quantity.slice(0, -2)) * MEMORY_UNITS[quantity.slice(-2)]!;
}

/** The canonical form of Kubernetes, in which objects are returned: `2`, not `2000m`. */
export const formatCpu = (millicores: number): string =>
  millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;

/** The canonical form of Kubernetes: the largest unit that gives a whole number. */
export function formatMemory(mib: number): string {
  const kib = Math.ceil(mib * 1024);
  const [unit, size] = [["Ti", 1024 ** 3] as const, ["Gi", 1024 ** 2] as const, ["Mi", 1024] as const].find(
    ([, size]) => kib % size === 0,
  ) ?? ["Ki", 1];
  return `${kib / size}${unit}`;
}
