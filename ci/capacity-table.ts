import { type Capacity, costOf, type Prices } from "./capacity.ts";
import type { CapacityChange } from "./report.ts";

const ROWS: readonly (readonly [label: string, of: (capacity: Capacity, prices: Prices) => number])[] = [
  ["pods", ({ pods }) => pods],
  ["CPU requested, cores", ({ cpu }) => cpu],
  ["memory requested, GiB", ({ memory }) => memory],
  ["volumes, GiB", ({ storage }) => storage],
];

/** Table of what a stack asks for at most, before and after; empty when nothing of it changes. */
export function capacity(change: CapacityChange | undefined): string {
  if (!change) return "";
  const { after, before, prices } = change;
  const cost = prices ? [[`${prices.currency} a month`, costOf] as const] : [];
  const rows = [...ROWS, ...cost].flatMap(([label, of]) => {
    const [was, is] = [before, after].map((one) => (one ? round(of(one, prices!)) : 0)) as [number, number];
    return was === is ? [] : [`| ${label} | ${was} | ${is} | ${is > was ? "+" : ""}${round(is - was)} |`];
  });
  return rows.length === 0 ? "" : ["| at most | before | after | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const round = (number: number) => Math.round(number * 100) / 100;
