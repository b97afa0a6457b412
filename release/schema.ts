import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The schema of the database, as an image of the application knows it. Migrations are known by number. */
export interface Schema {
  /** Its newest migration. */
  readonly version: number;
  /** The oldest application, by its own newest migration, that these migrations still serve; 0 when they serve any. */
  readonly oldestApplication: number;
}

/** Labels by which an image declares its schema. */
export const LABELS = {
  version: "dev.acci.schema.version",
  oldestApplication: "dev.acci.schema.oldest-application",
} as const;

/** `0007_notes.sql`, as sqlx names it. */
const FILE = /^(\d+)_.*(?<!\.down)\.sql$/;
const DECLARATION = /^-- acci:oldest-application (.*)$/m;

/** The schema of the migrations in a folder with a Dockerfile; undefined when there are none that sqlx would find. */
export function schemaOfContext(context: string): Schema | undefined {
  const folder = join(context, "migrations");
  if (!existsSync(folder)) return undefined;
  const versions = readdirSync(folder).flatMap((name) => {
    const version = Number(FILE.exec(name)?.[1]);
    return Number.isNaN(version) ? [] : [{ name, version }];
  });
  if (versions.length === 0) return undefined;
  const known = versions.map(({ version }) => version);
  const declared = versions.flatMap(({ name, version }) => {
    const stated = DECLARATION.exec(readFileSync(join(folder, name), "utf8"))?.[1]?.trim();
    if (stated === undefined) return [];
    const oldest = Number(stated);
    if (known.includes(oldest) && oldest < version) return [oldest];
    throw new Error(
      `${join(folder, name)}: must declare an earlier migration as acci:oldest-application, got ${stated}; ` +
        "release an application that does without, and name its newest migration",
    );
  });
  return { version: Math.max(...known), oldestApplication: Math.max(0, ...declared) };
}

/** What a Dockerfile makes the labels of. */
export const buildArgsOf = (schema: Schema | undefined): Record<string, string> =>
  schema === undefined
    ? {}
    : { SCHEMA_VERSION: String(schema.version), SCHEMA_OLDEST_APPLICATION: String(schema.oldestApplication) };

/** The schema that an image declares; undefined when it declares none. A label without a number is a mistake, not silence. */
export function schemaOfLabels(image: string, labels: Readonly<Record<string, string>>): Schema | undefined {
  const numberOf = (label: string, text: string): number => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new Error(
      `image ${image}: must have the number of a migration as its label ${label}, got ${text}; build it again`,
    );
  };
  const version = labels[LABELS.version];
  if (!version) return undefined;
  return {
    version: numberOf(LABELS.version, version),
    oldestApplication: numberOf(LABELS.oldestApplication, labels[LABELS.oldestApplication] || "0"),
  };
}
