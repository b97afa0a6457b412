import { size } from "../progress.ts";
import { newestFirst } from "./order.ts";
import { type Catalogue, type Entry } from "./schema.ts";

type Column = readonly [head: string, cell: (entry: Entry, now: Date) => string];

const COLUMNS: readonly Column[] = [
  ["DUMP", ({ id }) => id],
  ["STATE OF (UTC)", ({ snapshotAt }) => snapshotAt.slice(0, 19).replace("T", " ")],
  ["AGE", ({ snapshotAt }, now) => age(now.getTime() - Date.parse(snapshotAt))],
  ["SIZE", ({ bytes }) => size(bytes)],
  ["UNPACKED", ({ rawBytes }) => size(rawBytes)],
  ["TABLES", ({ tables }) => String(tables)],
  ["ROWS", ({ rows }) => String(rows)],
  ["CLASS", (entry) => entry.class],
  ["KEY", ({ recipients }) => (recipients.length === 0 ? "none" : recipients.map((key) => short(key, 12)).join(" "))],
  ["STATUS", ({ status, reason }) => (reason === undefined ? status : `${status}: ${short(reason, 60)}`)],
];

/** The dumps as a table, newest first, and the active site. */
export function tableOf(catalogue: Catalogue | undefined, now: Date): string {
  if (!catalogue) return "no catalogue: no dump was ever published here\n";
  const rows = [...catalogue.entries].sort(newestFirst).map((entry) => COLUMNS.map(([, cell]) => cell(entry, now)));
  const verified = catalogue.entries.filter(({ status }) => status === "verified").length;
  const summary = `${verified} verified, ${rows.length - verified} bad; ${catalogue.site} is active (epoch ${catalogue.epoch})`;
  return `${aligned([COLUMNS.map(([head]) => head), ...rows])}\n${summary}\n`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** Duration in the one or two largest units, as in `3d 4h`. */
export function age(milliseconds: number): string {
  if (milliseconds < 0) return `-${age(-milliseconds)}`;
  const minutes = Math.floor(milliseconds / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days >= 14) return `${days}d`;
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
}

const short = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
