import { z } from "zod";
import { documentSchema } from "./schema.ts";

/** docs/catalogue.schema.json */
export function catalogueJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(documentSchema);
  return `${JSON.stringify({ $schema, title: "Catalogue of dumps", ...schema }, null, 2)}\n`;
}
