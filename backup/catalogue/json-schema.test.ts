import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { aCatalogue, anEntry } from "../testing/entries.ts";
import { catalogueJsonSchema } from "./json-schema.ts";

const file = path.join(import.meta.dirname, "../../docs/catalogue.schema.json");

test("docs/catalogue.schema.json is what the catalogue is read with", () => {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, catalogueJsonSchema());
  expect(readFileSync(file, "utf8")).toBe(catalogueJsonSchema());
});

test("others can check a catalogue with it", () => {
  const valid = new Ajv({ formats: { "date-time": true } }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
  const takeover = { from: { site: "prod", epoch: 1 }, at: "2026-01-31T02:00:00Z" };
  const catalogue = aCatalogue([anEntry(1), anEntry(2, { status: "bad", reason: "a row is missing" })]);
  expect(valid({ ...catalogue, site: "dr", epoch: 2, takeover })).toBe(true);
  for (const wrong of [{ version: 2 }, { epoch: 0 }, { extra: 1 }, { entries: [{ ...anEntry(1), status: "fine" }] }])
    expect(valid({ ...catalogue, ...wrong })).toBe(false);
});
