import { overlay } from "./overlay.ts";
import { merge } from "../../tooling/maps.ts";

it("lays values over values, key by key", () => {
  const base = { a: { kept: 1, changed: 1 }, list: [1, 2], plain: "x" };
  expect(merge(base, { a: { changed: 2, added: 3 }, list: [3], plain: { now: "a tree" } })).toEqual({
    a: { kept: 1, changed: 2, added: 3 },
    list: [3],
    plain: { now: "a tree" },
  });
  expect(base).toEqual({ a: { kept: 1, changed: 1 }, list: [1, 2], plain: "x" });
});

it("tells a stack where things are, and nothing of how it is built", () => {
  expect(Object.keys(overlay("PEM", "dev")).sort()).toEqual([
    "acci:addons",
    "acci:backups",
    "acci:cluster",
    "acci:postgres",
    "acci:redis",
    "acci:tls",
  ]);
  expect(overlay("PEM", "dev")["acci:cluster"]).toMatchObject({ apiServerCidrs: ["10.96.0.1/32", "10.98.0.2/32"] });
  expect(overlay("PEM", "dev")["acci:tls"]).toEqual({ server: "https://10.98.0.2:14000/dir", caBundle: "PEM" });
  // Stacks that do not stand in for each other must have different folders in the second store, too.
  expect(overlay("PEM", "dev")["acci:backups"]).toMatchObject({
    offsite: { store: { bucket: "acci-backups-offsite", prefix: "dev" } },
  });
});
