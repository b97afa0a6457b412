import { identifier, literal } from "../../../database/sql.ts";
import type { Choose } from "./choose.ts";

export type Family = "number" | "text" | "truth" | "time" | "json" | "list" | "other";

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly family: Family;
  readonly generated: boolean;
}

/** What an expression may name. */
export interface Scope {
  readonly columns: readonly Column[];
  /** Before each, such as `new.`. @default - nothing */
  readonly prefix?: string;
}

const DEPTH = 3;
const WORDS = ["open", "paid", "it's", "a%b", "_", "", "Ünï", 'qu"ote', "back\\slash", "x;y -- z", "new\nline"];
const TEXT_TYPES = ["text", "varchar", "varchar(7)", "char(3)", "name"];
const NUMBER_TYPES = ["int", "bigint", "numeric(9, 3)", "float8", "smallint"];

/** Expressions in the scope, of the families that most of SQL is about; immutable, so that they may stand in indexes. */
export class Expressions {
  readonly #choose: Choose;
  readonly #scope: Scope;

  constructor(choose: Choose, scope: Scope) {
    [this.#choose, this.#scope] = [choose, scope];
  }

  truth(depth = DEPTH): string {
    const { chance, of } = this.#choose;
    if (depth <= 0) return this.#atom();
    const deeper = () => this.truth(depth - 1);
    return of<() => string>([
      () => this.#atom(),
      () => this.#among(depth),
      () => this.#among(depth),
      () => `(${deeper()} ${of(["AND", "OR"])} ${deeper()})`,
      () => `NOT (${deeper()})`,
      () => `${this.number(depth - 1)} ${of(["<", "<=", "=", "<>", ">", ">="])} ${this.number(depth - 1)}`,
      () =>
        `${this.number(depth - 1)} ${chance(30) ? "NOT " : ""}BETWEEN ${chance(20) ? "SYMMETRIC " : ""}${this.#digits()} AND ${this.number(0)}`,
      () =>
        `${this.text(depth - 1)} ${of(["=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "||  'z' <"])} ${this.text(depth - 1)}`,
      () => `(${deeper()}) IS ${of(["TRUE", "NOT TRUE", "UNKNOWN", "NOT FALSE"])}`,
      () => `CASE WHEN ${deeper()} THEN ${deeper()} ELSE ${deeper()} END`,
      () => `(${this.number(depth - 1)}, ${this.text(depth - 1)}) = (${this.number(0)}, ${this.text(0)})`,
    ])();
  }

  number(depth = DEPTH): string {
    const { of } = this.#choose;
    if (depth <= 0) return this.#column("number") ?? this.#digits();
    const deeper = () => this.number(depth - 1);
    return of<() => string>([
      () => this.#column("number") ?? this.#digits(),
      () => this.#digits(),
      () => `(${deeper()} ${of(["+", "-", "*"])} ${deeper()})`,
      () => `(${deeper()})::${of(NUMBER_TYPES)}`,
      () => `length(${this.text(depth - 1)})`,
      () => `coalesce(${deeper()}, ${this.#digits()})`,
      () => `${of(["greatest", "least", "nullif"])}(${deeper()}, ${deeper()})`,
      () => `CASE ${this.text(depth - 1)} WHEN ${this.#word()} THEN ${deeper()} ELSE ${deeper()} END`,
      () => `-abs(${deeper()})`,
    ])();
  }

  text(depth = DEPTH): string {
    const { of } = this.#choose;
    if (depth <= 0) return this.#column("text") ?? `${literal(of(WORDS))}::text`;
    const deeper = () => this.text(depth - 1);
    return of<() => string>([
      () => this.#column("text") ?? this.#word(),
      () => `${literal(of(WORDS))}::${of(["text", "varchar(7)"])}`,
      () => `(${deeper()} || ${deeper()})`,
      () => `${of(["lower", "upper", "btrim", "md5", "reverse", "quote_ident"])}(${deeper()})`,
      () => `(${deeper()})::${of(TEXT_TYPES)}`,
      () => `coalesce(${deeper()}, ${this.#word()})`,
      () => `substring(${deeper()} FROM ${this.#choose.number(1, 4)} FOR 2)`,
      () => `CASE WHEN ${this.truth(depth - 1)} THEN ${deeper()} ELSE ${this.#word()} END`,
      () => `overlay(${deeper()} PLACING ${this.#word()} FROM 1)`,
      () => `(${deeper()} COLLATE "C")`,
    ])();
  }

  /** Any column of the scope. */
  any(): string {
    return this.#named(this.#choose.of(this.#scope.columns));
  }

  #atom(): string {
    const { of } = this.#choose;
    const other = this.#column(of<Family>(["time", "json", "list", "other", "number", "text"]));
    const truth = this.#column("truth");
    if (truth && this.#choose.chance(30)) return truth;
    return other ? `${other} IS ${of(["", "NOT "])}NULL` : of(["true", "false", "NULL::bool"]);
  }

  /** What Postgres prints in another way than it was said, and then again in another. */
  #among(depth: number): string {
    const { of, several } = this.#choose;
    const text = this.text(Math.min(depth - 1, 1));
    const words = several(1, 3, () => this.#word());
    const list = words.join(", ");
    return of([
      `${text} IN (${list})`,
      `${text} NOT IN (${list})`,
      `${text} = ANY (ARRAY[${list}])`,
      `${text} <> ALL (ARRAY[${list}]::varchar[])`,
      `${text} ${of(["LIKE", "NOT LIKE", "ILIKE", "~", "!~*", "SIMILAR TO"])} ${literal(of(["a%", "x_z", "[a-c]+", "(open|paid)"]))}`,
      `${text} LIKE ANY (ARRAY[${list}])`,
      `${this.number(1)} IN (${several(1, 3, () => this.#digits()).join(", ")})`,
      `${this.number(0)} = ANY ('{1,2,3}'::int[])`,
    ]);
  }

  #column(family: Family): string | undefined {
    const columns = this.#scope.columns.filter((column) => column.family === family);
    return columns.length > 0 ? this.#named(this.#choose.of(columns)) : undefined;
  }

  #named = ({ name }: Column) => `${this.#scope.prefix ?? ""}${identifier(name)}`;
  #digits = () => this.#choose.of(["0", "1", "-2", "3.5", "42", "1e3", "9999999999", "0.10"]);

  #word(): string {
    const { chance, of } = this.#choose;
    return literal(of(WORDS)) + (chance(20) ? `::${of(["text", "varchar", "varchar(7)"])}` : "");
  }
}
