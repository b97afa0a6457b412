import { identifier, literal } from "../../../database/sql.ts";
import type { Choose } from "./choose.ts";
import { type Column, Expressions } from "./expressions.ts";
import type { Names } from "./names.ts";
import { commentOn, type Table } from "./tables.ts";

interface Place {
  readonly choose: Choose;
  readonly names: Names;
  readonly schema: string;
}

type Make = (place: Place, table: Table, other: Table) => string[];

const qualified = ({ names, schema }: Place, plain: string) => `${identifier(schema)}.${identifier(names.next(plain))}`;
const scopeOf = ({ choose }: Place, { columns }: Table, prefix = "") => new Expressions(choose, { columns, prefix });
const column = ({ choose }: Place, { columns }: Table) => identifier(choose.of(columns).name);

const index: Make = (place, table) => {
  const { choose, names } = place;
  const scope = scopeOf(place, table);
  const key = choose.of([
    column(place, table),
    `(${scope.text(2)})`,
    `(${scope.number(2)})`,
    `lower(${scope.text(1)})`,
  ]);
  const sorted = choose.chance(30) ? " DESC NULLS LAST" : "";
  const extra = choose.chance(20) ? ` INCLUDE (${column(place, table)})` : "";
  const where = choose.chance(40) ? ` WHERE ${scope.truth(2)}` : "";
  return [`CREATE INDEX ${identifier(names.next("idx"))} ON ${table.name} (${key}${sorted})${extra}${where}`];
};

const unique: Make = (place, table) => [
  `CREATE UNIQUE INDEX ${identifier(place.names.next("unique"))} ON ${table.name} (${column(place, table)}, (${scopeOf(place, table).number(1)})) WHERE ${scopeOf(place, table).truth(1)}`,
];

const view: Make = (place, table) => {
  const { choose } = place;
  const scope = scopeOf(place, table, "t.");
  const name = qualified(place, "view");
  const options = choose.of(["", "", " WITH (security_barrier)", " WITH (security_invoker)"]);
  const picked = choose.of([
    "t.*",
    `${scope.truth()} AS yes, ${scope.number(2)} AS "the number", ${scope.text(2)} AS words`,
    `t AS whole, count(*) OVER (PARTITION BY ${scope.text(1)} ORDER BY ${scope.number(1)}) AS n`,
  ]);
  return [
    `CREATE VIEW ${name}${options} AS SELECT ${picked} FROM ${table.name} t WHERE ${scope.truth(2)}`,
    ...(choose.chance(30) ? [commentOn(choose, `VIEW ${name}`)] : []),
  ];
};

const joined: Make = (place, table, other) => {
  const { choose } = place;
  const [left, right] = [scopeOf(place, table, "a."), scopeOf(place, other, "b.")];
  const how = choose.of(["JOIN", "LEFT JOIN", "FULL JOIN"]);
  const grouped = `SELECT ${left.text(1)} AS g, count(*) FILTER (WHERE ${left.truth(1)}) AS n, max(${right.number(1)}) AS top`;
  const from = `FROM ${table.name} a ${how} ${other.name} b ON ${left.number(0)} = ${right.number(0)}`;
  const set = choose.of(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
  return [
    choose.of([
      `CREATE VIEW ${qualified(place, "joined")} AS ${grouped} ${from} GROUP BY 1 HAVING count(*) > 0 ORDER BY 1 LIMIT 7`,
      `CREATE VIEW ${qualified(place, "set")} AS (SELECT ${left.text(1)} AS w FROM ${table.name} a) ${set} (SELECT ${right.text(1)} FROM ${other.name} b)`,
      `CREATE VIEW ${qualified(place, "with")} AS WITH w AS (SELECT a.*, ${left.truth(1)} AS ok FROM ${table.name} a) SELECT w.ok, (SELECT count(*) FROM ${other.name} b WHERE ${right.truth(1)}) AS n FROM w`,
    ]),
  ];
};

const kept: Make = (place, table) => {
  const scope = scopeOf(place, table, "t.");
  const data = place.choose.chance(25) ? " WITH NO DATA" : "";
  return [
    `CREATE MATERIALIZED VIEW ${qualified(place, "kept")} AS SELECT ${scope.text(2)} AS a, ${scope.truth(2)} AS b FROM ${table.name} t${data}`,
  ];
};

const routine: Make = (place) => {
  const { choose } = place;
  const args: Column[] = [
    { name: "a", type: "int", family: "number", generated: false },
    { name: "b", type: "varchar", family: "text", generated: false },
  ];
  const scope = new Expressions(choose, { columns: args });
  const name = qualified(place, "fn");
  const volatility = choose.of(["IMMUTABLE", "STABLE", "VOLATILE", "IMMUTABLE STRICT PARALLEL SAFE"]);
  const standard = choose.chance(40) ? ` DEFAULT ${literal(choose.of(["x", "it's", "; --"]))}` : "";
  const body = choose.of([
    `RETURN (${scope.truth()})`,
    `AS ${literal(`SELECT ${scope.truth(2)}`)}`,
    `BEGIN ATOMIC SELECT ${scope.truth(2)}; END`,
  ]);
  const secured = choose.chance(20) ? " SECURITY DEFINER SET search_path = pg_catalog" : "";
  return [
    `CREATE FUNCTION ${name}(a int, b varchar${standard}) RETURNS bool LANGUAGE sql ${volatility} COST ${choose.number(1, 50)}${secured} ${body}`,
    ...(choose.chance(40)
      ? [
          `REVOKE EXECUTE ON FUNCTION ${name}(int, varchar) FROM PUBLIC`,
          `GRANT EXECUTE ON FUNCTION ${name}(int, varchar) TO acci_app`,
        ]
      : []),
  ];
};

const trigger: Make = (place, table) => {
  const { choose, names } = place;
  const fn = qualified(place, "tg");
  const name = identifier(names.next("trigger"));
  const when = choose.chance(50)
    ? ` WHEN (${scopeOf(place, { ...table, columns: table.columns.filter(({ generated }) => !generated) }, "new.").truth(2)})`
    : "";
  return [
    `CREATE FUNCTION ${fn}() RETURNS trigger LANGUAGE plpgsql AS ${literal("BEGIN RETURN new; -- it's;\nEND")}`,
    `CREATE TRIGGER ${name} ${choose.of(["BEFORE", "AFTER"])} INSERT OR UPDATE ON ${table.name} FOR EACH ROW${when} EXECUTE FUNCTION ${fn}(${literal(names.next("arg"))})`,
    ...(choose.chance(30)
      ? [`ALTER TABLE ${table.name} ${choose.of(["DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"])} TRIGGER ${name}`]
      : []),
  ];
};

const policy: Make = (place, table) => {
  const { choose, names } = place;
  const scope = scopeOf(place, table);
  const name = identifier(names.next("policy"));
  return [
    `CREATE POLICY ${name} ON ${table.name} AS ${choose.of(["PERMISSIVE", "RESTRICTIVE"])} FOR ALL TO ${choose.of(["PUBLIC", "acci_app", "acci, acci_app"])} USING (${scope.truth()}) WITH CHECK (${scope.truth(2)})`,
    `ALTER TABLE ${table.name} ENABLE ROW LEVEL SECURITY`,
    ...(choose.chance(30) ? [commentOn(choose, `POLICY ${name} ON ${table.name}`)] : []),
  ];
};

const rule: Make = (place, table) => [
  `CREATE RULE ${identifier(place.names.next("rule"))} AS ON UPDATE TO ${table.name} WHERE ${scopeOf(place, table, "old.").truth(2)} DO ${place.choose.of(["INSTEAD", "ALSO"])} NOTHING`,
];

const rights: Make = (place, table) => {
  const { choose } = place;
  return [
    choose.of([
      `GRANT ${choose.of(["SELECT", "INSERT, UPDATE", "ALL"])} ON ${table.name} TO ${choose.of(["acci_app", "PUBLIC", "acci_app WITH GRANT OPTION"])}`,
      `GRANT SELECT (${column(place, table)}), UPDATE (${column(place, table)}) ON ${table.name} TO acci_app`,
      `REVOKE ALL ON ${table.name} FROM acci`,
    ]),
  ];
};

const alteration: Make = (place, table) => {
  const { choose } = place;
  const name = column(place, table);
  return [
    choose.of([
      `ALTER TABLE ${table.name} ALTER COLUMN ${name} SET STATISTICS ${choose.number(0, 1000)}`,
      `ALTER TABLE ${table.name} ALTER COLUMN ${name} SET STORAGE ${choose.of(["PLAIN", "EXTERNAL", "MAIN", "EXTENDED"])}`,
      `ALTER TABLE ${table.name} DROP COLUMN ${name}`,
      `ALTER TABLE ${table.name} RENAME COLUMN ${name} TO ${identifier(place.names.next("renamed"))}`,
      `ALTER TABLE ${table.name} REPLICA IDENTITY FULL`,
      `ALTER TABLE ${table.name} ADD COLUMN ${identifier(place.names.next("added"))} varchar DEFAULT 'open' CHECK (${scopeOf(place, table).truth(1)})`,
      `ALTER TABLE ${table.name} ALTER COLUMN ${name} SET (n_distinct = -0.5)`,
      commentOn(choose, `COLUMN ${table.name}.${name}`),
      commentOn(choose, `TABLE ${table.name}`),
    ]),
  ];
};

const statistics: Make = (place, table) => [
  `CREATE STATISTICS ${qualified(place, "stats")} ON ${column(place, table)}, (${scopeOf(place, table).text(2)}), (${scopeOf(place, table).truth(1)}) FROM ${table.name}`,
];

const reference: Make = (place, table, other) => {
  const { choose, names } = place;
  if (other.key === undefined) return [];
  const name = identifier(names.next("ref"));
  const action = choose.of([
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL ON UPDATE CASCADE",
    " DEFERRABLE INITIALLY DEFERRED",
    " MATCH FULL",
  ]);
  return [
    `ALTER TABLE ${table.name} ADD COLUMN ${name} bigint CONSTRAINT ${identifier(names.next("fk"))} REFERENCES ${other.name} (${identifier(other.key)})${action}`,
  ];
};

const publication: Make = (place, table) => [
  `CREATE PUBLICATION ${identifier(place.names.next("pub"))} FOR TABLE ${table.name} WITH (publish = 'insert, truncate')`,
];

const MAKERS: readonly Make[] = [
  index,
  index,
  unique,
  view,
  view,
  joined,
  joined,
  kept,
  routine,
  routine,
  trigger,
  policy,
  rule,
  rights,
  rights,
  alteration,
  alteration,
  alteration,
  statistics,
  reference,
  reference,
  publication,
];

/** Whatever a table may have, and what is made of tables. */
export function objectsOf(choose: Choose, names: Names, schema: string, tables: readonly Table[]): string[] {
  const place = { choose, names, schema };
  return choose.several(12, 30, () => choose.of(MAKERS)(place, choose.of(tables), choose.of(tables))).flat();
}
