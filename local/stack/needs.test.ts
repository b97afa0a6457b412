import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { binaryImages, collector, debianImages, exporter, pooler, sidecar } from "../images/list.ts";
import { schema } from "../../config/schema.ts";
import { imagesOf } from "./needs.ts";

const configOf = (stack: string) =>
  (parse(readFileSync(path.join(import.meta.dirname, `../../Pulumi.${stack}.yaml`), "utf8")) as { config: object })
    .config;

it("makes for a stack the images of what it has, and nothing for dev", () => {
  expect(imagesOf(configOf("dev"))).toEqual([]);
  expect(imagesOf(configOf("prod"))).toEqual([pooler, exporter]);
  expect(imagesOf({ "acci:postgres": { walArchive: {}, pooler: { instances: 0 } } })).toEqual([sidecar]);
  expect(imagesOf({ "acci:telemetry": { collector: { mode: "install" } } })).toEqual([collector]);
  expect(imagesOf({ "acci:telemetry": {} })).toEqual([]);
  expect(imagesOf({})).toEqual([]);
});

const everything = {
  "acci:postgres": { walArchive: {}, pooler: { instances: 1 } },
  "acci:redis": { exporter: { enabled: true } },
  "acci:telemetry": { collector: { mode: "install" } },
} as const;

it("leaves for later what a stack asks for by name, and nothing else", () => {
  const later = [...debianImages, ...binaryImages].filter((image) => image.later).map(({ name }) => name);
  expect(later.sort()).toEqual(imagesOf(everything).sort());
});

it("builds the collector of the version that a stack asks for unless it names another", () => {
  const { collector: of } = schema.shape.telemetry.unwrap().shape;
  expect(of.parse({ mode: "install" }).image).toBe(collector);
});
