const suffixes: Record<string, bigint> = {
  ...Object.fromEntries(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((unit, i) => [unit, 1024n ** BigInt(i + 1)])),
  ...Object.fromEntries(["", "k", "M", "G", "T", "P", "E"].map((unit, i) => [unit, 1000n ** BigInt(i)])),
};
const nano = 10n ** 9n;

/** Amount of a quantity in billionths, Kubernetes' finest unit; undefined for other texts. `1`, `1000m` and `1.0` are the same amount. */
function amountOf(quantity: string): bigint | undefined {
  const [, sign, whole = "", fraction = "", unit = ""] = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(quantity) ?? [];
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  const [, exponent] = /^[eE]([+-]?\d+)$/.exec(unit) ?? [];
  const small = { n: 1n, u: 1000n, m: 1_000_000n }[unit];
  const scale =
    exponent === undefined ? (small ?? (suffixes[unit] === undefined ? undefined : suffixes[unit] * nano)) : nano;
  if (scale === undefined) return undefined;
  const power = Number(exponent ?? 0) - fraction.length;
  const amount = power < 0 ? (digits * scale) / 10n ** BigInt(-power) : digits * scale * 10n ** BigInt(power);
  return sign === "-" ? -amount : amount;
}

const holders = ["limits", "requests", "hard", "capacity", "overhead", "default", "defaultRequest", "max", "min"];
const fields = ["sizeLimit", "averageValue"];

/** Whether two texts at a path that holds a quantity in a built-in object are the same amount. */
export function sameQuantity(path: readonly (string | number)[], one: unknown, other: unknown): boolean {
  const [parent, key] = path.slice(-2);
  if (!holders.includes(String(parent)) && !fields.includes(String(key))) return false;
  const [left, right] = [one, other].map((value) => amountOf(String(value)));
  return left !== undefined && left === right;
}
