import fc from "fast-check";
import { identifier } from "../../../database/sql.ts";
import { type Choose, choices } from "./choose.ts";
import { type Column, Expressions } from "./expressions.ts";
import { Names } from "./names.ts";
import { objectsOf } from "./objects.ts";
import { type Table, tableOf } from "./tables.ts";

/** Types of the schema's own, and columns that would have them. */
function typesOf(choose: Choose, names: Names, schema: string): { own: Column[]; statements: string[] } {
  const made = (type: string, family: Column["family"]): Column => ({ name: "", type, family, generated: false });
  const name = (plain: string) => `${identifier(schema)}.${identifier(names.next(plain))}`;
  const [mood, word, count, pair] = [name("enum"), name("word"), name("count"), name("pair")];
  const value = (family: Column["family"]) =>
    new Expressions(choose, { columns: [{ name: "value", type: "", family, generated: false }] })
      .truth(2)
      .replaceAll(`"value"`, "VALUE");
  return {
    own: [
      made(mood, "other"),
      made(word, "text"),
      made(count, "number"),
      made(pair, "other"),
      made(`${mood}[]`, "other"),
      made(`${pair}[]`, "other"),
    ],
    statements: [
      `CREATE TYPE ${mood} AS ENUM ('calm', 'it''s', '; --')`,
      `CREATE DOMAIN ${word} AS varchar(${choose.number(3, 30)}) CHECK (${value("text")} OR VALUE IS NULL)`,
      `CREATE DOMAIN ${count} AS int DEFAULT ${choose.number(0, 9)} CHECK (${value("number")} OR VALUE < 100)`,
      `CREATE TYPE ${pair} AS (a int, "B b" varchar(5), c ${mood})`,
    ],
  };
}

/** Statements in their order; some are refused by Postgres, which is no matter for those that come after. */
export const schemas: fc.Arbitrary<string[]> = choices.map((choose) => {
  const names = new Names(choose);
  const schema = names.next("app");
  const { own, statements } = typesOf(choose, names, schema);
  const tables: Table[] = [];
  const made = choose.several(2, 5, () => {
    const { statements: ofTable, table } = tableOf(choose, names, schema, own, tables);
    tables.push(table);
    return ofTable;
  });
  const granted = choose.chance(50)
    ? [
        `ALTER DEFAULT PRIVILEGES IN SCHEMA ${identifier(schema)} GRANT SELECT ON TABLES TO acci_app`,
        `GRANT USAGE ON SCHEMA ${identifier(schema)} TO acci_app`,
      ]
    : [];
  return [
    `CREATE SCHEMA ${identifier(schema)}`,
    ...granted,
    ...statements,
    ...made.flat(),
    ...objectsOf(choose, names, schema, tables),
  ];
});

/** So many schemas, the same ones for ever. */
export const generatedSchemas = (count: number): string[][] => fc.sample(schemas, { seed: 20_260_101, numRuns: count });
